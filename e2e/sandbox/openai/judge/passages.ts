import { isObject } from "../json.ts";

/** Fields that say something about the document, not about the lead. */
const NOT_SPOKEN = new Set(["at", "id", "ref", "kind", "from", "created", "createdAt", "missing", "cut", "currency"]);
const OURS = new Set(["us", "agent", "manager", "rep", "bot", "staff", "outgoing"]);

export interface Passage {
  text: string;
  /** Whether somebody wrote it as a message, and not a form or a field. */
  spoken: boolean;
}

/** Every text of the lead that may be quoted, in the order of the document. What we wrote ourselves is left out. */
export function passagesOf(userMessage: string): Passage[] {
  let document: unknown;
  try {
    document = JSON.parse(userMessage);
  } catch {
    return [{ text: userMessage, spoken: true }];
  }
  return [...textsIn(document, false)];
}

function* textsIn(value: unknown, spoken: boolean): Generator<Passage> {
  if (typeof value === "string") {
    if (value.trim() !== "") yield { text: value, spoken };
  } else if (Array.isArray(value)) {
    for (const item of value) yield* textsIn(item, spoken);
  } else if (isObject(value)) {
    const { from } = value;
    if (typeof from === "string" && OURS.has(from)) return;
    for (const [field, child] of Object.entries(value)) {
      if (!NOT_SPOKEN.has(field)) yield* textsIn(child, typeof from === "string");
    }
  }
}

const folded = new Map<string, string>([["ı", "i"]]);

/** Lower case without accents, of the same length, so that a place found in it is a place in the text. */
export function fold(text: string): string {
  const plain = text.replace(/[\u0080-\uffff]/g, (letter) => {
    const known = folded.get(letter);
    if (known !== undefined) return known;
    const base = letter.normalize("NFD")[0]!;
    const lower = base.toLowerCase();
    const one = lower.length === 1 ? lower : base;
    folded.set(letter, one);
    return one;
  });
  return plain.toLowerCase();
}

const LONGEST_QUOTE = 200;

/** The sentence around a place in a text, cut at a word when it is long. Always a literal part of the text. */
export function sentenceAround(text: string, start: number, end: number): string {
  const before = [...text.slice(0, start).matchAll(/[.!?;]\s+|\n/g)].at(-1);
  const from = before ? before.index + before[0].length : 0;
  const after = /[.!?;](?=\s|$)|\n/.exec(text.slice(end));
  const to = after ? end + after.index + (after[0] === "\n" ? 0 : 1) : text.length;
  if (to - from <= LONGEST_QUOTE) return text.slice(from, to).trim();
  const left = Math.max(from, start - 60);
  return text
    .slice(left === from ? left : text.indexOf(" ", left) + 1 || left, left + LONGEST_QUOTE)
    .replace(/\s\S*$/, "")
    .trim();
}

/** The words from a place in a text on, and two more if the sentence goes on. Always a literal part of the text. */
export function wordsFrom(text: string, start: number, end: number): string {
  const rest = /^[\p{L}\p{N}]*(?:[^\S\n]+[\p{L}\p{N}'’-]+){0,2}/u.exec(text.slice(end))?.[0] ?? "";
  return text.slice(start, end + rest.length).trim();
}
