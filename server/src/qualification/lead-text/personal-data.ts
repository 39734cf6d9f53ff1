import { phonesIn } from "./phone-spans.ts";
import type { Detector, PersonalKind } from "./span.ts";

/** What the lead says about its own people: their names, and phones as written in the contacts. */
export interface KnownPeople {
  names: readonly string[];
  phones: readonly string[];
}

/** The detectors in the order in which they take their part of a text. */
export const detectorsFor = (known: KnownPeople): Detector[] => [
  placeholderLike,
  links,
  emails,
  accounts,
  ...phonesIn(known.phones),
  ...names(known.names),
];

/** The form of our placeholders. Text that already looks like one is hidden too, or it could be confused with ours. */
export const PLACEHOLDER = /\[(?:PERSON|EMAIL|PHONE|ACCOUNT|LINK|TEXT)_\d+(?:\.\d+)?\]/g;

function matches(pattern: RegExp, kind: PersonalKind, isMeant: (found: string) => boolean = () => true): Detector {
  return function* (text) {
    for (const { 0: found, index } of text.matchAll(pattern)) {
      const { start, end } = trimmed(found);
      const group = found.slice(start, end).toLowerCase();
      if (isMeant(found)) yield { start: index + start, end: index + end, kind, group };
    }
  };
}

/** Punctuation around an address belongs to the sentence. A loop: the obvious regex is quadratic on rows of dots. */
function trimmed(found: string) {
  const loose = ".,!?'*_-";
  let start = 0;
  let end = found.length;
  while (start < end && loose.includes(found.charAt(start))) start += 1;
  while (end > start && loose.includes(found.charAt(end - 1))) end -= 1;
  return { start, end };
}

const placeholderLike = matches(PLACEHOLDER, "TEXT");

/** An address of a web page says who the company is; one with a query, an account or a long random part may open a door. */
const links = matches(
  /(?:https?:\/\/|www\.)[\w.~:/?#@!$&()*+,;=%-]+/gi,
  "LINK",
  (link) => /[?#@]/.test(link) || /[\w-]{24}/.test(link),
);

/**
 * A run of address characters with an address somewhere in it is hidden as a whole, so that what is left cannot form
 * another one. Scripts written without spaces are no part of a run, or a whole sentence would go with the address.
 */
const emails = matches(
  /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{M}\p{Nd}.!#$%&'*+/=?^_`{|}~@-]+/gu,
  "EMAIL",
  (run) => /[^@]@[^@]*\.\p{L}{2}/u.test(run),
);

/** IBANs and what looks like one; card numbers are found among the long numbers. */
const accounts = matches(
  /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\p{L}\p{N}])/gu,
  "ACCOUNT",
  (code) => code.replace(/\D/g, "").length >= 10,
);

/** Full names in any case; then their parts as written, because `Hope` is a name and `hope` is not. */
function names(people: readonly string[]): Detector[] {
  const persons = people.map((name) => name.replace(/\s+/g, " ").trim()).filter((name) => /^\D{2,}$/.test(name));
  const full = new Map(persons.map((name): [string, string] => [name.toLowerCase(), name]));
  const parts = new Map<string, string>();
  for (const name of full.values()) {
    for (const part of name.split(" ").filter((word) => /^\p{Lu}[\p{L}'’-]{2,}$/u.test(word))) {
      if (!parts.has(part)) parts.set(part, name);
    }
  }
  return [
    spellings([...full.values()], "giu", (found) => found.toLowerCase()),
    spellings([...parts.keys()], "gu", (found) => parts.get(found)?.toLowerCase() ?? found),
  ];
}

function spellings(known: readonly string[], flags: string, personOf: (found: string) => string): Detector {
  if (known.length === 0) return () => [];
  const longestFirst = known.toSorted((one, other) => other.length - one.length);
  const pattern = new RegExp(longestFirst.map(asWholeWord).join("|"), flags);
  return function* (text) {
    for (const { 0: found, index } of text.matchAll(pattern)) {
      yield { start: index, end: index + found.length, kind: "PERSON", group: personOf(found) };
    }
  };
}

const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** A pattern that finds a text as whole words only; scripts without spaces have no word ends to look for. */
export function asWholeWord(name: string): string {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const spaceless = SPACELESS.test(name);
  return spaceless ? literal : `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`;
}
