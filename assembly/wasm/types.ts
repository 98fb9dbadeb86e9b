// Type bytes as they stand in the input, and refusals that name what we do not accept.

import { failed } from "../lib/failure";
import { isValueType, Type } from "./opcodes";
import { cursor, malformed, readByte, seek, unsupported } from "./reader";

/** A value type, or a refusal that names the feature. */
export function readValueType(): u32 {
  const type = readByte();
  if (failed() || isValueType(type)) return type;
  seek(cursor - 1);
  if (type == 0x63 || type == 0x64) unsupported("typed function references (ref types with a heap type)");
  else if (type == 0x69 || type == 0x74) unsupported("exnref (the newer exception handling)");
  else if (type >= 0x65 && type <= 0x73) unsupported("garbage collection (gc reference types)");
  else if (type == 0x68 || type == 0x75) unsupported("stack switching (contref)");
  else malformed("malformed value type");
  return 0;
}

/** The heap type of `ref.null` and blocks: func or extern. */
export function readHeapType(): u32 {
  const type = readByte();
  if (failed() || type == Type.FuncRef || type == Type.ExternRef) return type;
  seek(cursor - 1);
  if (type == 0x69 || type == 0x74) unsupported("exnref (the newer exception handling)");
  else if (type < 0x40 || (type >= 0x65 && type <= 0x73)) unsupported("garbage collection (heap types)");
  else malformed("malformed heap type");
  return type;
}
