import type { Verdict } from "@dealscope/shared/qualification";
import type { LeadChange } from "../write-back/write-row.ts";
import { isOurTag, MANUAL_TAG, segmentTag } from "./tags.ts";

/** What a verdict means for the deal in Kommo. `tags` are those the deal has now. */
export function cardChange(verdict: Verdict, tags: readonly string[]): LeadChange {
  switch (verdict.status) {
    case "qualified":
      return {
        fields: {
          score: verdict.score,
          segment: verdict.segment,
          summary: verdict.summary,
          nextAction: verdict.nextAction,
        },
        ...tagChange(tags, segmentTag(verdict.segment)),
      };
    case "not_enough":
      return {
        fields: { score: null, segment: null, summary: verdict.summary, nextAction: `Ask: ${verdict.question}` },
        ...tagChange(tags, undefined),
      };
    case "needs_manual":
      // An earlier verdict's score would look like today's; the explanation stands where a rep looks first.
      return {
        fields: { score: null, segment: null, summary: verdict.summary, nextAction: verdict.nextAction },
        ...tagChange(tags, MANUAL_TAG),
      };
  }
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
