/**
 * Makes hostile text plain: no control, invisible, bidirectional or private-use characters (they can hide commands from
 * people while the model reads them), NFC, single spaces, at most one empty line in a row. Joiners inside emoji and
 * Indic or Persian words go too: meaning survives, the exact glyph may not.
 */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, "\n")
    .replace(/[[\p{Cc}\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}]--[\n\t]]/gv, "")
    .toWellFormed()
    .normalize("NFC")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Shortens to at most `max` UTF-16 units, an ellipsis included, at a word's end where one is near. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = text.slice(0, max - 1);
  const space = head.lastIndexOf(" ");
  const atWord = space > max * 0.7 ? head.slice(0, space) : head;
  return `${withoutHalfPair(atWord)}…`;
}

/** A cut in the middle of a surrogate pair would leave half a character. */
const withoutHalfPair = (text: string) => text.replace(/[\ud800-\udbff]$/, "");
