import {
  type CriterionVerdict,
  type PromptVersionContent,
  SPAM,
  TEXT_LIMITS,
  type Verdict,
  type VerdictFlag,
} from "@dealscope/shared/qualification";
import { answerShape } from "./answer-schema.ts";
import { cutText } from "./clean-text.ts";
import { injectionSigns } from "./injection.ts";
import type { ModelInput } from "./model-input.ts";
import { plainLine } from "./plain-line.ts";
import { quoteFinder } from "./quotes.ts";
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

/**
 * Turns the model's answer into a verdict. The model only points at evidence: a level without a quote that stands in the
 * lead becomes unknown, the score comes from the weights, the segment from the score. Spam is the model's word, believed
 * when no criterion reaches level 3, and scores 0.
 */
export function judge(answer: string, asked: Asked): { ok: true; verdict: Verdict } | AnswerFault {
  const { content, promptVersion, input } = asked;
  const read = readAnswer(answer, asked);
  if (!read.ok) return read;
  const { summary, nextAction, question, segment, findings } = read;

  const criteria = checkedCriteria(findings, asked);
  const levels: Levels = new Map(criteria.map(({ key, level }) => [key, level]));
  const flags: VerdictFlag[] = [];
  if (isSuspicious(input)) flags.push("suspected_injection");
  if (criteria.some(({ key, level }) => level === null && (findings.get(key)?.level ?? null) !== null)) {
    flags.push("unsupported_quote");
  }
  const common = {
    criteria,
    summary,
    nextAction,
    modelSegment: segment,
    rule: null,
    model: asked.model,
    promptVersion,
  };

  const isSpam = segment === SPAM && criteria.every(({ level }) => (level ?? 0) < LEVEL_AGAINST_SPAM);
  if (!isSpam && knownShare(content.criteria, levels) < LEAST_KNOWN_SHARE) {
    const asking = question ?? questionAbout(content, levels);
    return {
      ok: true,
      verdict: { status: "not_enough", reason: null, score: null, segment: null, question: asking, flags, ...common },
    };
  }
  const score = isSpam ? 0 : scoreOf(content.criteria, levels);
  const computed = isSpam ? SPAM : segmentOf(score, content.segments);
  if (computed !== segment) flags.push("disagreement");
  return {
    ok: true,
    verdict: { status: "qualified", reason: null, score, segment: computed, question, flags, ...common },
  };
}

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

/** Quotes are looked up masked, as the model saw them, and shown unmasked. */
function checkedCriteria(findings: Findings, { content, input }: Asked): CriterionVerdict[] {
  const find = quoteFinder(input.passages);
  return content.criteria.map(({ key }) => {
    const { quote, level } = findings.get(key) ?? { quote: null, level: null };
    const source = quote === null || level === null ? null : find(quote);
    if (quote === null || source === null) return { key, level: null, quote: null, source: null };
    return { key, level, quote: cutText(input.unmask(quote), TEXT_LIMITS.quote), source };
  });
}

/** For a model that asked nothing: the heaviest criterion that is still open. */
function questionAbout({ criteria }: PromptVersionContent, levels: Levels): string {
  const open = criteria.filter(({ key }) => (levels.get(key) ?? null) === null);
  const heaviest = open.reduce((best, criterion) => (criterion.weight > best.weight ? criterion : best));
  return cutText(`${heaviest.name}: ${heaviest.description}`, TEXT_LIMITS.question);
}
