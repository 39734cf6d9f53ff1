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

/** The text as it can be seen, with its mark as a short last line. */
export function withMarker(text: string, marker: string): string {
  return `${text.replaceAll("\t", " ").replace(UNSEEN, "")}\n· ${marker}`;
}

/**
 * What a stranger's words could hide in: control characters, and those that turn the direction of what follows. Joiners stay;
 * emoji and some scripts are written with them.
 */
const UNSEEN = /[[\p{Cc}\p{Cf}]--[\n\u200c\u200d]]/gv;

const MARK = /(?:^|\n)· (DS-[0-9a-z]{8})\s*$/;

/** The mark at the end of a note's or task's text, if it is one of ours. */
export function markerIn(text: string): string | undefined {
  return MARK.exec(text)?.[1];
}
