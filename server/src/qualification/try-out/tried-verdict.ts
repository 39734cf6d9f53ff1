import type { PromptVersionContent, Verdict } from "@dealscope/shared/qualification";
import type { TriedVerdict } from "@dealscope/shared/try-out";

export function nameOfSegment(key: string | null, { segments }: PromptVersionContent) {
  return key === null ? null : { key, name: segments.find((segment) => segment.key === key)?.name ?? key };
}

/** A verdict as it is shown to whoever tries a text, in the names of that text. */
export function triedVerdict(verdict: Verdict, content: PromptVersionContent): TriedVerdict {
  const names = new Map(content.criteria.map(({ key, name }) => [key, name]));
  const { status, score, summary, nextAction, question, flags } = verdict;
  return {
    ...{ status, score, summary, nextAction, question, flags },
    segment: nameOfSegment(verdict.segment, content),
    criteria: verdict.criteria.map((criterion) => ({ ...criterion, name: names.get(criterion.key) ?? criterion.key })),
  };
}
