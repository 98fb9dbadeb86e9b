// The command line that the domain was given.
import { START_INFO_BYTES, StartInfo, startInfo } from "./hv";

const INFO_BYTES = 4352; // the fields, the longest name, and the longest command line
const info = memory.data(INFO_BYTES, 4);

/** The number at a place among the words of the command line, counted from 0; `otherwise` when there is none. */
export function numberArgument(index: u32, otherwise: u32): u32 {
  startInfo(info, INFO_BYTES);
  let at = info + START_INFO_BYTES + load<u32>(info + StartInfo.NameLength);
  const end = min(at + load<u32>(info + StartInfo.CommandLineLength), info + INFO_BYTES);
  for (; ; index--) {
    while (at < end && load<u8>(at) == 0x20) at++;
    if (index == 0) break;
    while (at < end && load<u8>(at) != 0x20) at++;
  }
  if (!isDigit(at, end)) return otherwise;
  let value: u32 = 0;
  for (; isDigit(at, end); at++) value = value * 10 + load<u8>(at) - 0x30;
  return value;
}

function isDigit(at: usize, end: usize): bool {
  return at < end && load<u8>(at) >= 0x30 && load<u8>(at) <= 0x39;
}
