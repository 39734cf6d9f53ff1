import { createHmac } from "node:crypto";

/** Lower-case hex over the bytes that are sent. */
export function sign(key: string, timestamp: number, body: string): string {
  return createHmac("sha256", key).update(`v0:${timestamp}:${body}`).digest("hex");
}
