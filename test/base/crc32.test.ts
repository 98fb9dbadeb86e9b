import { crc32 as expected } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { crc32 } from "../../src/base/crc32.js";

it("the CRC of bytes in two pieces is that of gzip of the whole", () => {
  const pieces = fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }));
  fc.assert(
    fc.property(pieces, ([first, second]) => {
      const whole = expected(Uint8Array.from([...first, ...second])) | 0;
      return crc32(second, crc32(first)) === whole;
    }),
  );
  expect(crc32(new TextEncoder().encode("123456789")) >>> 0).toBe(0xcbf43926);
});
