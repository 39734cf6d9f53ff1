import { createHmac, timingSafeEqual } from "node:crypto";

/** The headers by which Customer.io signs a reporting webhook. */
export interface Signature {
  timestamp: string;
  /** Lower-case hexadecimal. */
  signature: string;
}

/**
 * Whether these bytes were signed with this key. How old the signature is does not matter: a retry may come days later,
 * and what is told twice is known by its id.
 */
export function isSigned(key: string, body: Buffer, { timestamp, signature }: Signature): boolean {
  if (!/^\d{1,15}$/.test(timestamp) || !/^[0-9a-f]{64}$/.test(signature)) return false;
  const right = createHmac("sha256", key).update(`v0:${timestamp}:`).update(body).digest();
  return timingSafeEqual(right, Buffer.from(signature, "hex"));
}
