/** A stretch of a text, as it stands there. */
export interface Passage {
  start: number;
  end: number;
}

const LONGEST = 240;

/**
 * The sentences of a text, without the lines that quote somebody else's letter. Each is a verbatim part of the text; one
 * that is longer than a card has room for is left out by whoever quotes it, see `around`.
 */
export function sentencesOf(text: string): Passage[] {
  const found: Passage[] = [];
  for (const { 0: sentence, index } of text.matchAll(/[^.!?\n]+(?:[.!?]+(?=[^\s.!?])[^.!?\n]+)*[.!?]*/g)) {
    const start = index + (sentence.length - sentence.trimStart().length);
    const end = index + sentence.trimEnd().length;
    if (end > start && !/^\s*>/.test(lineAt(text, index))) found.push({ start, end });
  }
  return found;
}

/** The words to quote for something found at `at`: the sentence, or the part of a very long one around it. */
export function around(text: string, sentence: Passage, at: number): string {
  const whole = text.slice(sentence.start, sentence.end);
  if (whole.length <= LONGEST) return whole;
  const from = Math.max(sentence.start, Math.min(at - LONGEST / 4, sentence.end - LONGEST));
  return text.slice(atPair(text, from), atPair(text, from + LONGEST)).trim();
}

/** Not in the middle of a surrogate pair. */
function atPair(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

function lineAt(text: string, at: number): string {
  return text.slice(text.lastIndexOf("\n", at - 1) + 1, at + 2);
}
