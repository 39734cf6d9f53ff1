import type { Hash } from "node:crypto";
import { Transform } from "node:stream";

/** Lets everything pass, and has it counted into `hash`. */
export function hashed(hash: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}
