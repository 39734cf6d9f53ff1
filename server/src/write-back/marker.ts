import { createHash } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A short mark for something we create, such as `DS-7f3k2m9q`. Equal causes give equal marks, so a creation that is
 * decided twice is one row. Kommo keeps no idempotency keys: the mark in the text is how we find our own work again.
 */
export function markerFor(accountId: number, ...cause: (string | number)[]): string {
  const digest = createHash("sha256")
    .update([accountId, ...cause].join("\n"))
    .digest();
  return `DS-${[...digest.subarray(0, 8)].map((byte) => ALPHABET[byte % 32]).join("")}`;
}

/** The text with its mark as a short last line. */
export function withMarker(text: string, marker: string): string {
  return `${text}\n· ${marker}`;
}

const MARK = /(?:^|\n)· (DS-[0-9a-z]{8})\s*$/;

/** The mark at the end of a note's or task's text, if it is one of ours. */
export function markerIn(text: string): string | undefined {
  return MARK.exec(text)?.[1];
}
