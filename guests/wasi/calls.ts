// Calls about the process itself; and those on sockets, of which there are none.

import { ShutdownReason } from "../../assembly/abi/scheduling";
import { RANDOM_MAX_BYTES } from "../../assembly/abi/system";
import { randomBytes, schedShutdown, schedYield } from "../lib/as/hv";
import { Wasi } from "./abi";
import { current, fileAt, Strings } from "./process";
import { deliver, deliverU32, inProgram } from "./program";

const bytes = memory.data(256, 8);

/** Signals of preview 1: 0 is none; these do nothing to a process that does not handle them. */
const SIGNAL_LAST: u32 = 30;
const IGNORED: u32 = (1 << 0) | (1 << 16) | (1 << 17) | (1 << 22) | (1 << 27);
/** What shells add to the number of the signal that ended a program. */
const SIGNAL_EXIT: u32 = 128;

export function args_get(pointers: u32, strings: u32): i32 {
  return deliverStrings(current.arguments, pointers, strings);
}

export function args_sizes_get(count: u32, length: u32): i32 {
  return deliverSizes(current.arguments, count, length);
}

export function environ_get(pointers: u32, strings: u32): i32 {
  return deliverStrings(current.environment, pointers, strings);
}

export function environ_sizes_get(count: u32, length: u32): i32 {
  return deliverSizes(current.environment, count, length);
}

function deliverSizes(strings: Strings, count: u32, length: u32): Wasi {
  if (!inProgram(length, 4)) return Wasi.Fault;
  const error = deliverU32(count, strings.count);
  return error != 0 ? error : deliverU32(length, strings.bytes);
}

function deliverStrings(strings: Strings, pointers: u32, to: u32): Wasi {
  if (!inProgram(pointers, strings.count << 2)) return Wasi.Fault;
  let error = deliver(to, strings.at, strings.bytes);
  let from: u32 = 0;
  for (let i: u32 = 0; i < strings.count && error == 0; i++) {
    error = deliverU32(pointers + (i << 2), to + from);
    while (load<u8>(strings.at + from++) != 0) {}
  }
  return error;
}

export function proc_exit(code: u32): void {
  schedShutdown(ShutdownReason.Poweroff, code);
}

export function proc_raise(signal: u32): i32 {
  if (signal > SIGNAL_LAST) return Wasi.Inval;
  if ((IGNORED & (1 << signal)) == 0) schedShutdown(ShutdownReason.Poweroff, SIGNAL_EXIT + signal);
  return Wasi.Success;
}

export function sched_yield(): i32 {
  schedYield();
  return Wasi.Success;
}

export function random_get(to: u32, length: u32): i32 {
  if (!inProgram(to, length)) return Wasi.Fault;
  while (length != 0) {
    const count = min<u32>(length, RANDOM_MAX_BYTES);
    if (randomBytes(bytes, count) < 0) return Wasi.Io;
    const error = deliver(to, bytes, count);
    if (error != 0) return error;
    to += count;
    length -= count;
  }
  return Wasi.Success;
}

export function sock_accept(fd: u32, flags: u32, result: u32): i32 {
  return noSocket(fd);
}

export function sock_recv(fd: u32, vectors: u32, count: u32, flags: u32, result: u32, resultFlags: u32): i32 {
  return noSocket(fd);
}

export function sock_send(fd: u32, vectors: u32, count: u32, flags: u32, result: u32): i32 {
  return noSocket(fd);
}

export function sock_shutdown(fd: u32, how: u32): i32 {
  return noSocket(fd);
}

function noSocket(fd: u32): Wasi {
  return fileAt(fd) == 0 ? Wasi.Badf : Wasi.Notsock;
}
