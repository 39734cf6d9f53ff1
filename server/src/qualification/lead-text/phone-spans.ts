import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { Detector, Span } from "./span.ts";

/**
 * Phone numbers, told apart from the numbers a lead is judged by. In this order:
 * 1. international numbers (`+` and 8 digits or more) are phones;
 * 2. dates, amounts with a currency and ranges of round numbers stay;
 * 3. of the rest, what contains a phone of the lead's contacts is a phone, and so are 9 digits or more (over 15 an
 *    account, such as a card); 7 or 8 digits are one only after a word like `tel`.
 */
export const phonesIn = (known: readonly string[]): Detector[] => [
  internationalPhones,
  datesAndAmounts,
  otherNumbers(known),
];

const SEPARATORS = "[\\p{Zs}\\t.()/\\u2010-\\u2015-]";
const NUMBER = new RegExp(`[+＋]?\\(?\\p{Nd}(?:${SEPARATORS}{0,3}\\p{Nd})*`, "gu");

const digitsOf = (text: string) => text.replace(/\P{Nd}/gu, "");

const internationalPhones: Detector = function* (text) {
  for (const { 0: number, index } of text.matchAll(NUMBER)) {
    if (!/^[+＋]/.test(number) || digitsOf(number).length < 8) continue;
    const length = internationalLength(number);
    yield phone(index, length, digitsOf(number.slice(0, length)));
  }
};

const phone = (start: number, length: number, group: string): Span => ({
  start,
  end: start + length,
  kind: group.length > 15 ? "ACCOUNT" : "PHONE",
  group,
});

/** `+34 612 345 678 2 users`: the longest stretch of digit groups that is a real number; if there is none, all of it. */
function internationalLength(number: string): number {
  const ends = [...number.matchAll(/\p{Nd}+/gu)].map(({ 0: group, index }) => index + group.length);
  const real = ends
    .filter((end) => digitsOf(number.slice(0, Math.min(end, 60))).length <= 15)
    .reverse()
    .find((end) => parsePhoneNumberFromString(number.slice(0, end))?.isValid());
  return real ?? number.length;
}

const DATE = "(?<![\\d./-])(?:(?:19|20)\\d\\d-[01]\\d-[0-3]\\d|[0-3]?\\d[./-][0-3]?\\d[./-](?:19|20)\\d\\d)(?![\\d/-])";
// Counts are bounded, or a row of groups without a currency would be read again from each group.
const AMOUNT = "(?:\\d{1,3}(?:[\\p{Zs}.,'’]\\d{3}){1,5}|\\d{1,15})(?:[.,]\\d{1,2})?";
const CURRENCY =
  "(?:[\\p{Sc}]|(?:USD|EUR|GBP|BRL|MXN|COP|ARS|CLP|PEN|RUB|UAH|KZT|PLN|CZK|CHF|TRY|INR|IDR|AED|CAD|AUD|R\\$|" +
  "dollars?|euros?|pounds?|reais|pesos?|rupees?|rupiah|soles|руб|тенге|грн|zł|Kč)(?!\\p{L}{3}))";
const ROUND_RANGE = "(?<![\\d.+-])[1-9]\\d{1,8}00\\p{Zs}?[-\\u2010-\\u2015]\\p{Zs}?[1-9]\\d{1,8}00(?![\\d-])";
const KEPT = new RegExp(
  `${DATE}|(?<!\\p{L})${CURRENCY}\\p{Zs}?${AMOUNT}(?!\\d)|(?<!\\d)${AMOUNT}\\p{Zs}?${CURRENCY}|${ROUND_RANGE}`,
  "giu",
);

const datesAndAmounts: Detector = function* (text) {
  for (const { 0: found, index } of text.matchAll(KEPT)) {
    yield { start: index, end: index + found.length, kind: "keep", group: "" };
  }
};

const PHONE_WORD =
  "tel|phone|mobile|cell|whats?app|viber|call|тел|моб|звон|fone|m[óo]vil|celular|ligue|llam|anruf|handy";
const ANNOUNCED = new RegExp(
  `(?:${PHONE_WORD})\\p{L}*(?: (?:number|no|nr|is|at|me at|us at))?[^\\p{L}\\d\\n]{0,4}$`,
  "iu",
);

function otherNumbers(known: readonly string[]): Detector {
  // The last eight digits are the same with and without country code or trunk zero.
  const endings = known.map((number) => digitsOf(number).slice(-8)).filter((ending) => ending.length >= 6);
  return function* (text) {
    for (const { 0: number, index } of text.matchAll(NUMBER)) {
      const digits = digitsOf(number);
      const isKnown = endings.some((ending) => digits.includes(ending));
      const isAnnounced = digits.length >= 7 && ANNOUNCED.test(text.slice(Math.max(0, index - 24), index));
      if (isKnown || isAnnounced || digits.length >= 9) yield phone(index, number.length, digits);
    }
  };
}
