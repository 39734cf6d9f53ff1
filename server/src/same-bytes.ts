import { timingSafeEqual } from "node:crypto";

/** Whether a signature or a digest is the expected one. How long it takes to say so tells nothing about the expected bytes. */
export function isSameBytes(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}
