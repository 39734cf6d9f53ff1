import type { PromptVersionContent } from "@dealscope/shared/qualification";
import type { Word } from "../../i18n/words.ts";

/** How leads are judged, while it is typed: numbers are what stands in their fields. */
export interface ContentForm extends Omit<PromptVersionContent, "criteria" | "segments"> {
  criteria: CriterionForm[];
  segments: SegmentForm[];
}

export interface CriterionForm {
  key: string;
  name: string;
  description: string;
  weight: string;
  anchors: string[];
  /** Left out for what the model judges. */
  judgedBy?: "engagement" | undefined;
}

export interface SegmentForm {
  key: string;
  name: string;
  /** Null for spam, which has no threshold. */
  minScore: string | null;
}

export const LIMITS = { leastCriteria: 3, leastOfWords: 2, mostCriteria: 8, mostSegments: 12, levels: 6 } as const;
export const SPAM_KEY = "spam";

export function toForm(content: PromptVersionContent): ContentForm {
  return {
    icp: content.icp,
    criteria: content.criteria.map(({ weight, ...criterion }) => ({
      ...criterion,
      weight: String(weight),
    })),
    segments: content.segments.map(({ key, name, minScore }) => ({
      ...{ key, name },
      minScore: minScore === null ? null : String(minScore),
    })),
    outputLanguage: content.outputLanguage,
    model: content.model,
  };
}

export function toContent(form: ContentForm): PromptVersionContent {
  return {
    ...form,
    criteria: form.criteria.map((criterion) => ({ ...criterion, weight: Number(criterion.weight) })),
    segments: form.segments.map((segment) => ({
      ...segment,
      minScore: segment.minScore === null ? null : Number(segment.minScore),
    })),
  };
}

/** A new criterion or segment is known to verdicts by a key, which stays when it gets another name. */
export function newKey(stem: "criterion" | "segment", taken: readonly { key: string }[]): string {
  for (let number = taken.length + 1; ; number++) {
    const key = `${stem}_${number}`;
    if (!taken.some((other) => other.key === key)) return key;
  }
}

/** What cannot be saved yet, by path. */
export function mistakesIn({ icp, criteria, segments }: ContentForm): Record<string, Word> {
  const mistakes: Record<string, Word> = {};
  const need = (path: string, text: string) => {
    if (text.trim() === "") mistakes[path] = "criteria.missing";
  };
  need("icp", icp);
  criteria.forEach(({ name, description, weight, anchors }, at) => {
    need(`criteria.${at}.name`, name);
    need(`criteria.${at}.description`, description);
    if (!isWhole(weight, 1, 100)) mistakes[`criteria.${at}.weight`] = "criteria.weight_wrong";
    anchors.forEach((anchor, level) => {
      need(`criteria.${at}.anchors.${level}`, anchor);
    });
  });
  const thresholds = segments.map(({ minScore }) => minScore);
  segments.forEach(({ name, minScore }, at) => {
    need(`segments.${at}.name`, name);
    if (minScore === null) return;
    if (!isWhole(minScore, 0, 100)) mistakes[`segments.${at}.minScore`] = "criteria.threshold_wrong";
    else if (thresholds.findIndex((other) => other !== null && Number(other) === Number(minScore)) !== at) {
      mistakes[`segments.${at}.minScore`] = "criteria.threshold_twice";
    }
  });
  if (!thresholds.some((threshold) => threshold !== null && threshold.trim() !== "" && Number(threshold) === 0)) {
    mistakes.segments = "criteria.threshold_zero";
  }
  return mistakes;
}

function isWhole(text: string, least: number, most: number): boolean {
  return /^\d{1,3}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
}
