import {
  type CriterionVerdict,
  type PromptVersionContent,
  SPAM,
  TEXT_LIMITS,
  type Verdict,
  type VerdictFlag,
} from "@dealscope/shared/qualification";
import { cutText } from "../lead-text/clean-text.ts";
import type { ModelInput } from "../lead-text/model-input.ts";
import { plainLine } from "../lead-text/plain-line.ts";
import { ask } from "../next-step.ts";
import { answerShape } from "../prompt/answer-schema.ts";
import { engagementVerdict, isOfMails, ofWords } from "./engagement.ts";
import { injectionSigns } from "./injection.ts";
import { manualVerdict } from "./manual-verdict.ts";
import { comparable, type Evidence, quoteFinder } from "./quotes.ts";
import { knownShare, LEAST_KNOWN_SHARE, type Levels, scoreOf, segmentOf } from "./score.ts";

/** What an answer is an answer to. */
export interface Asked {
  content: PromptVersionContent;
  promptVersion: number;
  /** Model id as the provider reported it. */
  model: string;
  input: ModelInput;
}

/** Why an answer cannot be used at all; `detail` is one sentence without text of the lead. */
export interface AnswerFault {
  ok: false;
  fault: "too_long" | "not_json" | "wrong_shape";
  detail: string;
}

/** Far above any proper answer: eight quotes and three short texts. */
const LONGEST_ANSWER = 16_000;

/** From this level on a criterion speaks against spam. */
const LEVEL_AGAINST_SPAM = 3;

/** One quote for so many criteria proves none of them: the rules ask for the words that prove just this one. */
const MOST_CITED = 2;

/**
 * Turns the model's answer into a verdict. The model only points at evidence: a level without a quote that stands in the
 * lead becomes unknown, the score comes from the weights, the segment from the score. Spam is the model's word, believed
 * when no criterion reaches level 3, and scores 0.
 *
 * Where a text of the lead speaks to the model, nothing the model wrote in its own words is shown, and a verdict that rests
 * on such a text, or on the model's word alone, is left to a person.
 */
export function judge(answer: string, asked: Asked): { ok: true; verdict: Verdict } | AnswerFault {
  const { content, promptVersion, input } = asked;
  const read = readAnswer(answer, asked);
  if (!read.ok) return read;
  const { summary, nextAction, question, segment, findings } = read;

  const checked = checkedCriteria(findings, asked);
  const criteria = checked.map(({ verdict }) => verdict);
  const levels: Levels = new Map(criteria.map(({ key, level }) => [key, level]));
  const isSuspected = isSuspicious(input);
  const flags: VerdictFlag[] = [];
  if (isSuspected) flags.push("suspected_injection");
  if (checked.some(({ isUnsupported }) => isUnsupported)) flags.push("unsupported_quote");
  if (checked.some(({ isRepeated }) => isRepeated)) flags.push("repeated_quote");
  const common = {
    criteria,
    summary: isSuspected ? SUSPECTED.summary : summary,
    nextAction: isSuspected ? SUSPECTED.nextAction : nextAction,
    modelSegment: segment,
    rule: null,
    model: asked.model,
    promptVersion,
  };

  const isSpam = segment === SPAM && criteria.every(({ level }) => (level ?? 0) < LEVEL_AGAINST_SPAM);
  if (!isSpam && knownShare(ofWords(content), levels) < LEAST_KNOWN_SHARE) {
    const asking = (isSuspected ? null : question) ?? questionAbout(content, levels);
    return {
      ok: true,
      verdict: {
        ...{ status: "not_enough", reason: null, score: null, segment: null, question: asking, flags },
        ...common,
        nextAction: isSuspected ? common.nextAction : ask(asking),
      },
    };
  }
  const score = isSpam ? 0 : scoreOf(content.criteria, levels);
  const computed = isSpam ? SPAM : segmentOf(score, content.segments);
  if (computed !== segment) flags.push("disagreement");
  if (isSuspected && (isSpam || checked.some(({ isSuspicious: rests }) => rests))) {
    const { model } = asked;
    const byHand = manualVerdict("suspected_injection", promptVersion, model);
    return { ok: true, verdict: { ...byHand, criteria, flags, modelSegment: segment } };
  }
  return {
    ok: true,
    verdict: {
      ...{ status: "qualified", reason: null, score, segment: computed, flags },
      question: isSuspected ? null : question,
      ...common,
    },
  };
}

/** Instead of the model's words, which the lead may have dictated. */
const SUSPECTED = {
  summary: "A text of this lead tries to tell the model how to judge it, so the model's summary is not shown.",
  nextAction: "Read the lead yourself before you act on this.",
};

type Findings = ReadonlyMap<string, { quote: string | null; level: number | null }>;

interface ReadAnswer {
  ok: true;
  findings: Findings;
  segment: string;
  summary: string;
  nextAction: string;
  question: string | null;
}

function readAnswer(answer: string, { content, input }: Asked): ReadAnswer | AnswerFault {
  if (answer.length > LONGEST_ANSWER) {
    return { ok: false, fault: "too_long", detail: `The answer has ${answer.length} characters.` };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch {
    return { ok: false, fault: "not_json", detail: "The answer is not JSON." };
  }
  const { data, error } = answerShape(content).safeParse(parsed);
  if (error) {
    const issue = error.issues[0];
    const detail = cutText(`${issue?.path.join(".") || "The answer"}: ${issue?.message}.`, 200);
    return { ok: false, fault: "wrong_shape", detail };
  }
  // A link of the client may be repeated, but not where the text tells the model what to write.
  const mayLinkTo = isSuspicious(input) ? "" : input.plainText;
  const line = (text: string, max: number) => plainLine(input.unmask(text), max, mayLinkTo);
  const summary = line(data.summary, TEXT_LIMITS.summary);
  const nextAction = line(data.next_action, TEXT_LIMITS.nextAction);
  if (summary === "" || nextAction === "") {
    return { ok: false, fault: "wrong_shape", detail: "The summary or the next action has no text." };
  }
  return {
    ok: true,
    findings: new Map(Object.entries(data.criteria)),
    segment: data.segment,
    summary,
    nextAction,
    question: line(data.question ?? "", TEXT_LIMITS.question) || null,
  };
}

const isSuspicious = ({ plainText }: ModelInput) => injectionSigns(plainText).length > 0;

interface CheckedCriterion {
  verdict: CriterionVerdict;
  /** The model gave a level, and no quote that proves it. */
  isUnsupported: boolean;
  /** The model gave this quote for too many criteria. */
  isRepeated: boolean;
  /** The text with the quote also speaks to the model. */
  isSuspicious: boolean;
}

/** Quotes are looked up masked, as the model saw them, and shown unmasked. */
function checkedCriteria(findings: Findings, { content, input }: Asked): CheckedCriterion[] {
  const find = quoteFinder(input.passages);
  const cited = Map.groupBy(
    [...findings.values()].filter(({ level }) => level !== null),
    ({ quote }) => comparable(quote ?? ""),
  );
  return content.criteria.map((criterion): CheckedCriterion => {
    const { key } = criterion;
    if (isOfMails(criterion)) {
      const verdict = engagementVerdict(criterion, input.engagement);
      return { verdict, isUnsupported: false, isRepeated: false, isSuspicious: false };
    }
    const { quote, level } = findings.get(key) ?? { quote: null, level: null };
    const evidence: Evidence | null = quote === null || level === null ? null : find(quote);
    const isRepeated = evidence !== null && (cited.get(comparable(quote ?? ""))?.length ?? 0) > MOST_CITED;
    if (quote === null || evidence === null || isRepeated) {
      const verdict = { key, level: null, quote: null, source: null };
      return { verdict, isUnsupported: level !== null && evidence === null, isRepeated, isSuspicious: false };
    }
    const verdict = { key, level, quote: cutText(input.unmask(quote), TEXT_LIMITS.quote), source: evidence.source };
    return { verdict, isUnsupported: false, isRepeated, isSuspicious: evidence.isSuspicious };
  });
}

/** For a model that asked nothing: the heaviest criterion that is still open. */
function questionAbout(content: PromptVersionContent, levels: Levels): string {
  const open = ofWords(content).filter(({ key }) => (levels.get(key) ?? null) === null);
  const heaviest = open.reduce((best, criterion) => (criterion.weight > best.weight ? criterion : best));
  return cutText(`${heaviest.name}: ${heaviest.description}`, TEXT_LIMITS.question);
}
