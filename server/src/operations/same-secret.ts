import { createHash } from "node:crypto";
import { isSameBytes } from "../same-bytes.ts";

/** Digests are of one length, so the comparison tells nothing about the secret, not even how long it is. */
export function isSameSecret(given: string, secret: string): boolean {
  return isSameBytes(digest(secret), digest(given));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
