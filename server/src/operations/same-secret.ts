import { createHash, timingSafeEqual } from "node:crypto";

/** Digests are of one length, so the comparison tells nothing about the secret, not even how long it is. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
