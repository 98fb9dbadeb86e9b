// Open files of the host keep their paths, by which they are opened anew when the host has forgotten them: a rename
// changes those that are named anew, or lie in a directory that is.

import { FileReply } from "../../assembly/abi/files";
import { reply32, reply64, replyData } from "./host-files";
import { allocate, release } from "./memory";
import { Backing, OpenFile } from "./open-file";
import { current, fileAt } from "./process";

const SLASH: u32 = 0x2f;

/** The reply to a rename is there. */
export function renameOpenFiles(folder: u32): void {
  const from = replyData();
  const fromLength = min(<u32>reply64(FileReply.Links), reply32(FileReply.DataLength));
  const to = from + fromLength;
  const toLength = reply32(FileReply.DataLength) - fromLength;
  for (let descriptor: u32 = 0; descriptor < current.capacity; descriptor++) {
    const at = fileAt(descriptor);
    if (at == 0) continue;
    const file = changetype<OpenFile>(at);
    if (file.backing != Backing.Host || file.folder != folder || file.pathLength < fromLength) continue;
    if (memory.compare(file.path, from, fromLength) != 0) continue;
    const rest = file.pathLength - fromLength;
    if (rest != 0 && load<u8>(file.path + fromLength) != SLASH) continue;
    const path = allocate(toLength + rest);
    if (path == 0) continue;
    memory.copy(path, to, toLength);
    memory.copy(path + toLength, file.path + fromLength, rest);
    release(file.path, file.pathLength);
    file.path = path;
    file.pathLength = toLength + rest;
  }
}
