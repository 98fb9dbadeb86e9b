// The three streams of the console. Input is read ahead into a buffer of the kernel's own, so that it can be seen whether there
// is any. Standard error goes its own way to the host where it offers one, else to the console like the output.

import { FileOperation, FileReply } from "../../assembly/abi/files";
import { CONSOLE_BYTES, NONBLOCK } from "../../assembly/abi/console";
import { consoleRead, consoleWrite } from "../lib/as/hv";
import { Wasi } from "./abi";
import { addedData, beginRequest, reply64, requestEnd, requestRoom, send } from "./host-files";
import { allocate } from "./memory";
import { deliver, fetch } from "./program";

let input: usize = 0;
let inputFrom: u32 = 0;
let inputLength: u32 = 0;
let inputEnded: bool = false;
/** What the program writes, on its way to the console. */
let output: usize = 0;
let outputLength: u32 = 0;
/** The host takes standard error. */
let errorApart: bool = true;

/** False: there is no memory for the buffers. */
export function makeConsole(): bool {
  input = allocate(CONSOLE_BYTES);
  output = allocate(CONSOLE_BYTES);
  return input != 0 && output != 0;
}

/** Looks for input. Returns whether a read would not wait now. */
export function hasInput(): bool {
  return fillInput(NONBLOCK);
}

/** Bytes that were read ahead. */
export function inputAhead(): u32 {
  return inputLength;
}

/** Gets input when there is none ahead: false only when there is none and `flags` say not to wait. */
export function fillInput(flags: u32): bool {
  if (inputLength != 0 || inputEnded) return true;
  const got = consoleRead(input, CONSOLE_BYTES, flags);
  if (got < 0) return false;
  inputFrom = 0;
  inputLength = got;
  inputEnded = got == 0;
  return true;
}

/** At the end of input another read may find more, as at a terminal. */
export function passInputEnd(): void {
  inputEnded = false;
}

/** Moves input that is ahead to the program: at most `length` bytes; returns how many. */
export function takeInput(to: u32, length: u32): u32 {
  const count = min(length, inputLength);
  if (count == 0 || deliver(to, input + inputFrom, count) != 0) return 0;
  inputFrom += count;
  inputLength -= count;
  return count;
}

/** Writes a range of the program's memory; what is less than a buffer full is written with `flushConsole`. */
export function writeConsole(from: u32, length: u32): Wasi {
  while (length != 0) {
    const count = min<u32>(length, CONSOLE_BYTES - outputLength);
    const error = fetch(from, output + outputLength, count);
    if (error != 0) return error;
    outputLength += count;
    from += count;
    length -= count;
    if (outputLength == CONSOLE_BYTES && !flushConsole()) return Wasi.Io;
  }
  return Wasi.Success;
}

/** False: the console failed. */
export function flushConsole(): bool {
  const length = outputLength;
  outputLength = 0;
  for (let done: u32 = 0; done < length; ) {
    const taken = consoleWrite(output + done, length - done);
    if (taken < 0) return false;
    done += taken;
  }
  return true;
}

/** Writes a range of the program's memory to standard error. */
export function writeError(from: u32, length: u32): Wasi {
  while (errorApart && length != 0) {
    if (!beginRequest(FileOperation.StandardError, 0)) break;
    const count = min(length, requestRoom());
    const error = fetch(from, requestEnd(), count);
    if (error != 0) return error;
    addedData(count);
    const taken = send() == 0 ? <u32>min<u64>(reply64(FileReply.Size), count) : 0;
    if (taken == 0) errorApart = false;
    from += taken;
    length -= taken;
  }
  return writeConsole(from, length);
}
