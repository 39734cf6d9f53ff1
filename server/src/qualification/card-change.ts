import type { Verdict } from "@dealscope/shared/qualification";
import type { LeadChange } from "../write-back/write-row.ts";
import { nextStep } from "./next-step.ts";
import { isOurTag, MANUAL_TAG, segmentTag } from "./tags.ts";

/**
 * What a verdict means for the deal in Kommo: its texts are those that our panel shows. `tags` are those the deal has now.
 * Without a score an earlier verdict's goes, which would look like today's.
 */
export function cardChange(verdict: Verdict, tags: readonly string[]): LeadChange {
  const { score, segment, summary } = verdict;
  return { fields: { score, segment, summary, nextAction: nextStep(verdict) }, ...tagChange(tags, tagOf(verdict)) };
}

function tagOf({ status, segment }: Verdict): string | undefined {
  if (status === "needs_manual") return MANUAL_TAG;
  return segment === null ? undefined : segmentTag(segment);
}

/** A rep's word: the segment and score as overridden, the model's text as it was. */
export function overrideChange(
  override: { segment: string | null; score: number | null },
  segmentOfScore: (score: number) => string,
  tags: readonly string[],
): LeadChange {
  const segment = override.segment ?? (override.score === null ? null : segmentOfScore(override.score));
  return {
    fields: { ...(override.score === null ? {} : { score: override.score }), segment },
    ...tagChange(tags, segment === null ? undefined : segmentTag(segment)),
  };
}

/** Exactly one tag of ours is left. */
function tagChange(now: readonly string[], wanted: string | undefined): Pick<LeadChange, "tagsAdd" | "tagsRemove"> {
  const others = now.filter((tag) => isOurTag(tag) && tag !== wanted);
  return { ...(wanted ? { tagsAdd: [wanted] } : {}), ...(others.length > 0 ? { tagsRemove: others } : {}) };
}
