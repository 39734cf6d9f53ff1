import { fold, type Passage, sentenceAround } from "./passages.ts";
import { patternOf, RULES, SPAM, type Topic } from "./phrases.ts";

/** How well a criterion is met and the words that show it; both null when nothing was said. */
export interface Finding {
  level: number | null;
  quote: string | null;
}

export const NOTHING_SAID: Finding = { level: null, quote: null };

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
  const quote = words.length > 0 ? firstQuote(patternOf(words.map((word) => `${word}*`)), texts) : null;
  return quote === null ? NOTHING_SAID : { level: 3, quote };
}

function topicFinding(topic: Topic, texts: Texts): Finding {
  for (const { level, pattern } of RULES[topic]) {
    const quote = firstQuote(pattern, texts);
    if (quote !== null) return { level, quote };
  }
  return NOTHING_SAID;
}

export function spamIn(texts: Texts): string | null {
  return firstQuote(SPAM, texts);
}

/** The newest text wins, and the newest stands last. */
function firstQuote(pattern: RegExp, { original, folded }: Texts): string | null {
  for (let index = folded.length - 1; index >= 0; index--) {
    const hit = pattern.exec(folded[index]!);
    if (hit) return sentenceAround(original[index]!, hit.index, hit.index + hit[0].length);
  }
  return null;
}
