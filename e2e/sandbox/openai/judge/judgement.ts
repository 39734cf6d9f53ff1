import { type Finding, findingFor, inOwnWords, NOTHING_SAID, searchable, spamIn } from "./evidence.ts";
import { LANGUAGES, type Language, languageOf } from "./language.ts";
import type { Orders } from "./orders.ts";
import type { Passage } from "./passages.ts";
import { TOPICS, type Topic } from "./phrases.ts";
import { type Band, WORDS } from "./wording.ts";

/** What the model thinks of a lead, before it is put into the form it was asked for. */
export interface Judgement {
  language: Language;
  findings: ReadonlyMap<string, Finding>;
  /** 0-100 */
  score: number;
  band: Band;
  summary: string;
  nextAction: string;
  question: string | null;
  /** The segment a lead commanded, when the model obeys. */
  orderedSegment: string | null;
}

const LEVEL_OF_UNKNOWN = 2;
const ENOUGH_KNOWN = 0.4;

/**
 * Judges a lead by keywords. Pure: equal texts give equal judgements.
 * @param rules the developer message; only the output language is read from it.
 * @param passages texts of the lead that may be quoted, oldest first.
 * @param criteria keys the answer must speak of; without any, the five usual ones.
 * @param orders what to obey instead of judging.
 */
export function judgeLead(
  rules: string,
  passages: readonly Passage[],
  criteria: readonly string[],
  orders: Orders | null = null,
): Judgement {
  const texts = searchable(passages);
  const keys = criteria.length > 0 ? criteria : TOPICS;
  const spamQuote = orders ? null : spamIn(texts);
  const findings = new Map(
    keys.map((key): [string, Finding] => {
      if (orders && (orders.only ?? key) === key)
        return [key, { level: orders.level, quote: orders.quote, words: orders.quote }];
      if (spamQuote !== null)
        return [key, key === "fit" ? { level: 0, quote: spamQuote, words: spamQuote } : NOTHING_SAID];
      return [key, findingFor(key, texts)];
    }),
  );
  const levels = [...findings.values()].map(({ level }) => level);
  const known = levels.filter((level) => level !== null).length / levels.length;
  const score = orders && orders.only === null ? orders.score : spamQuote !== null ? 0 : scoreOf(levels);
  const band = spamQuote !== null ? "spam" : known < ENOUGH_KNOWN ? "unknown" : bandOf(score);
  const language = askedLanguage(rules) ?? languageSpoken(passages);
  return {
    language,
    findings: inOwnWords(findings),
    score,
    band,
    orderedSegment: orders?.segment ?? null,
    ...words(language, band, findings),
    ...(orders?.summary && { summary: orders.summary }),
    ...(orders?.nextAction && { nextAction: orders.nextAction }),
  };
}

/** Forms and fields are often in another language than the person. */
function languageSpoken(passages: readonly Passage[]): Language {
  const messages = passages.filter(({ spoken }) => spoken);
  return languageOf((messages.length > 0 ? messages : passages).map(({ text }) => text).join("\n"));
}

function scoreOf(levels: readonly (number | null)[]): number {
  const sum = levels.reduce<number>((total, level) => total + (level ?? LEVEL_OF_UNKNOWN), 0);
  return Math.round((100 * sum) / (5 * levels.length));
}

function bandOf(score: number): Band {
  if (score >= 70) return "hot";
  return score >= 40 ? "warm" : "cold";
}

/** `Write … in the language with the tag "es"`. */
function askedLanguage(rules: string): Language | undefined {
  const tag = /\btag "([a-z]{2})/.exec(rules)?.[1];
  return LANGUAGES.find((language) => language === tag);
}

const ASKED_FIRST: readonly Topic[] = ["need", "budget", "timeline", "authority", "fit"];

function words(language: Language, band: Band, findings: ReadonlyMap<string, Finding>) {
  const { topics, bands, actions, questions, nothing } = WORDS[language];
  const open = ASKED_FIRST.find((topic) => findings.has(topic) && findings.get(topic)?.level === null);
  // One sentence often speaks of several topics.
  const topicOf = new Map<string, Topic>();
  for (const topic of ASKED_FIRST) {
    const quote = findings.get(topic)?.quote;
    if (quote && !topicOf.has(quote)) topicOf.set(quote, topic);
  }
  const said = [...topicOf].map(([quote, topic]) => sentence(`${topics[topic]}: ${quoted(quote)}`, language));
  const asked = open ?? "need";
  return {
    summary: asMany([sentence(bands[band], language), ...(said.length > 0 ? said : [sentence(nothing, language)])]),
    nextAction: actions[band].replace("{topic}", topics[asked]),
    question: open && band !== "spam" ? questions[asked] : null,
  };
}

const LONGEST_SUMMARY = 270;
const LONGEST_QUOTE = 80;

/** As many of the sentences as a summary has room for. */
function asMany(sentences: readonly string[]): string {
  return sentences.reduce((said, next) => (`${said} ${next}`.length <= LONGEST_SUMMARY ? `${said} ${next}` : said));
}

/** Marks of quotation are left out, because a quote may begin or end between two of them. */
function quoted(text: string): string {
  const line = text
    .replace(/["“”„«»]/g, "")
    .replace(/\s+/g, " ")
    .replace(/^[\s,;:.–-]+|[\s,;:–-]+$/g, "");
  if (line.length <= LONGEST_QUOTE) return line;
  const whole = line.slice(0, LONGEST_QUOTE).replace(/\s+\S*$/, "");
  return `${whole.replace(/[\s,;:.–-]+$/, "")}…`;
}

function sentence(text: string, language: Language): string {
  const [first = ""] = text;
  const end = /[.!?…]$/.test(text) ? "" : ".";
  return `${first.toLocaleUpperCase(language)}${text.slice(first.length)}${end}`;
}

/**
 * The value of an enumeration that fits: as the lead ordered, else by the thresholds that the rules name for each value
 * (`hot: about 70 of 100`), else by the names, else by the place in the list, best first.
 */
export function segmentFor(values: readonly string[], rules: string, judgement: Judgement): string | undefined {
  const { orderedSegment, band, score } = judgement;
  const ordered = values.find((value) => value.toLowerCase() === orderedSegment);
  if (ordered !== undefined) return ordered;
  const isSpam = (value: string) => /spam|junk/i.test(value);
  if (band === "spam") return values.find(isSpam) ?? values.at(-1);
  const honest = values.filter((value) => !isSpam(value));
  const thresholds = honest.map((value) => ({ value, from: thresholdIn(rules, value) }));
  if (thresholds.length > 0 && thresholds.every(({ from }) => from !== null)) {
    const reached = thresholds.filter(({ from }) => from! <= score);
    return reached.reduce((best, one) => (one.from! > best.from! ? one : best), reached[0] ?? thresholds[0]!).value;
  }
  const named = honest.find((value) => value.toLowerCase() === (band === "unknown" ? bandOf(score) : band));
  return named ?? honest[Math.min(honest.length - 1, Math.floor((1 - score / 100) * honest.length))];
}

/** The first number of 0 to 100 on the line that starts with the value. */
function thresholdIn(rules: string, value: string): number | null {
  const line = new RegExp(`^[-* ]*${value.replace(/\W/g, "\\$&")}\\b(.*)$`, "m").exec(rules);
  const number = Number(line?.[1]?.match(/\b\d{1,3}\b/)?.[0] ?? Number.NaN);
  return number <= 100 ? number : null;
}
