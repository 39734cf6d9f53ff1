/**
 * The ways in which a text may be read: as it stands, without the disguises in which a model still reads a command (letters
 * of another alphabet, digits for letters, letters set apart), and what stands in it as base64. All in lower case.
 */
export function readingsOf(text: string): string[] {
  const plain = text.normalize("NFKC").toLowerCase();
  const bare = plain.replace(WORD, inOneAlphabet).replace(WORD, inLetters).replace(SET_APART, together);
  return [...new Set([plain, bare, ...decoded(text)])];
}

const WORD = /[\p{L}\p{N}]+/gu;

const LOOK_ALIKE = new Map(
  Object.entries({
    ...{ а: "a", е: "e", о: "o", р: "p", с: "c", х: "x", у: "y", і: "i", ј: "j", ѕ: "s", к: "k", м: "m", т: "t" },
    ...{ α: "a", ε: "e", ο: "o", ρ: "p", ν: "v", ι: "i", τ: "t", κ: "k", υ: "u", ı: "i" },
  }),
);

/** A word of two alphabets is meant to be read in Latin letters; one of a single alphabet is what it is. */
function inOneAlphabet(word: string): string {
  if (!/\p{Script=Latin}/u.test(word) || !/[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word)) return word;
  return word.replace(/\p{L}/gu, (letter) => LOOK_ALIKE.get(letter) ?? letter);
}

const LETTER_OF_DIGIT: Record<string, string> = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t" };

/** `1gn0re` is a word, `12` is a number. */
function inLetters(word: string): string {
  return /\p{L}/u.test(word) ? word.replace(/[013457]/g, (digit) => LETTER_OF_DIGIT[digit]!) : word;
}

const SET_APART = /(?<![\p{L}\p{N}])\p{L}(?:[ ._*-]\p{L}){3,}(?![\p{L}\p{N}])/gu;

const together = (letters: string) => letters.replace(/[ ._*-]/g, "");

function decoded(text: string): string[] {
  return (text.match(/[A-Za-z0-9+/]{24,}={0,2}/g) ?? [])
    .map((code) => Buffer.from(code, "base64").toString())
    .filter((plain) => !/[\p{Cc}\ufffd]/u.test(plain))
    .map((plain) => plain.normalize("NFKC").toLowerCase());
}
