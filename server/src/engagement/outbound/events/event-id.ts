import { createHash } from "node:crypto";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * A ULID that says what it is of and nothing else: the time of a change and 80 bits of what tells it from every other one.
 * Whatever is decided or sent again has the same, and Customer.io ignores it.
 */
export function eventId(at: Date, of: readonly (string | number)[]): string {
  const hash = createHash("sha256").update(JSON.stringify(of)).digest("hex").slice(0, 20);
  let rest = (BigInt(at.getTime()) << 80n) | BigInt(`0x${hash}`);
  let id = "";
  for (; id.length < 26; rest >>= 5n) id = CROCKFORD[Number(rest & 31n)] + id;
  return id;
}
