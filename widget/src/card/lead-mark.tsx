import type { Card } from "@dealscope/shared/card";
import { useWords } from "../i18n/words.ts";
import { Mark } from "../ui/mark.tsx";
import { toneOf } from "../ui/tone.ts";

/** Segment and score of another lead, as small as can be. */
export function LeadMark({ lead, segments }: { lead: Card["next"][number]; segments: Card["segments"] }) {
  const words = useWords();
  const ranks = segments.map(({ key }) => key);
  return (
    <>
      <Mark tone={toneOf(lead.segment?.key, ranks)} />{" "}
      <span className="dsc-lead__score">
        {lead.score ?? "–"}
        <span className="dsc-said"> {lead.segment?.name ?? words.t("verdict.no_segment")}</span>
      </span>
    </>
  );
}
