import { fold, type Passage, sentenceAround, wordsFrom } from "./passages.ts";
import { patternOf, RULES, SPAM, type Topic } from "./phrases.ts";

/** How well a criterion is met and the words that show it; both null when nothing was said. */
export interface Finding {
  level: number | null;
  /** The whole sentence. */
  quote: string | null;
  /** Only the words of it that show this. */
  words: string | null;
}

export const NOTHING_SAID: Finding = { level: null, quote: null, words: null };

/** How many criteria one and the same quote may prove: the rules ask for the shortest passage that proves one. */
const MOST_CITED = 2;

/** Where one sentence says a lot, each criterion is proven by its own words of it. */
export function inOwnWords(findings: ReadonlyMap<string, Finding>): ReadonlyMap<string, Finding> {
  const all = [...findings.values()];
  const isBusy = (quote: string | null) => all.filter((finding) => finding.quote === quote).length > MOST_CITED;
  return new Map(
    [...findings].map(([key, finding]) => [
      key,
      isBusy(finding.quote) ? { ...finding, quote: finding.words } : finding,
    ]),
  );
}

/** Texts of a lead, ready to be searched. */
export interface Texts {
  original: readonly string[];
  folded: readonly string[];
}

export function searchable(passages: readonly Passage[]): Texts {
  const original = passages.map(({ text }) => text);
  return { original, folded: original.map(fold) };
}

const SYNONYMS: Record<Topic, RegExp> = {
  budget: /budget|money|price|cost|presupuesto|orcamento|butce|anggaran|бюджет/,
  authority: /authority|decision|decider|role|power|stakeholder/,
  need: /need|pain|problem|use_?case|interest|requirement/,
  timeline: /time|urgen|deadline|when|start/,
  fit: /fit|icp|company|size|industry|segment/,
};

/** What the lead says about a criterion of an account: by the topic its key names, else by the words of the key. */
export function findingFor(criterion: string, texts: Texts): Finding {
  const key = fold(criterion);
  const topic = (Object.keys(SYNONYMS) as Topic[]).find((name) => SYNONYMS[name].test(key));
  if (topic) return topicFinding(topic, texts);
  const words = key.split(/[^\p{L}]+/u).filter((word) => word.length >= 4);
  const found = words.length > 0 ? firstQuote(patternOf(words.map((word) => `${word}*`)), texts) : null;
  return found === null ? NOTHING_SAID : { level: 3, ...found };
}

function topicFinding(topic: Topic, texts: Texts): Finding {
  for (const { level, pattern } of RULES[topic]) {
    const found = firstQuote(pattern, texts);
    if (found !== null) return { level, ...found };
  }
  return NOTHING_SAID;
}

export function spamIn(texts: Texts): string | null {
  return firstQuote(SPAM, texts)?.quote ?? null;
}

/** The newest text wins, and the newest stands last. */
function firstQuote(pattern: RegExp, { original, folded }: Texts): { quote: string; words: string } | null {
  for (let index = folded.length - 1; index >= 0; index--) {
    const hit = pattern.exec(folded[index]!);
    if (!hit) continue;
    const end = hit.index + hit[0].length;
    const quote = sentenceAround(original[index]!, hit.index, end);
    return { quote, words: wordsFrom(original[index]!, hit.index, end) };
  }
  return null;
}
