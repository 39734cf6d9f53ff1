import type { PromptVersions } from "@dealscope/shared/prompt-versions";
import type { HardRule, ManualReason } from "@dealscope/shared/qualification";
import type { SegmentName } from "@dealscope/shared/queue";
import { useWords } from "../../i18n/words.ts";
import { Mark } from "../../ui/mark.tsx";
import { toneOf } from "../../ui/tone.ts";
import { useAnswer } from "./asking.ts";

interface Props {
  verdict: {
    status: "qualified" | "not_enough" | "needs_manual";
    score: number | null;
    segment: SegmentName | null;
  } | null;
  rule?: HardRule | null;
  reason?: ManualReason | null;
}

/** What was decided of a lead, in one line: segment, score, or why there is none. */
export function Outcome({ verdict, rule, reason }: Props) {
  const words = useWords();
  return (
    <>
      {verdict?.segment && <SegmentMark segment={verdict.segment} score={verdict.score} />}
      {verdict?.status === "not_enough" && words.t("verdict.not_enough")}
      {(!verdict || verdict.status === "needs_manual") && words.t("verdict.needs_manual")}
      {rule && <div className="dsc-quiet">{words.t("verdict.rule", { rule: words.t(`rule.${rule}`) })}</div>}
      {reason && <div className="dsc-quiet">{words.t(`reason.${reason}`)}</div>}
    </>
  );
}

/** A segment as its shape, colour and word, with the score beside it. */
export function SegmentMark({ segment, score }: { segment: SegmentName; score?: number | null }) {
  const versions = useAnswer<PromptVersions>("/api/prompt-versions");
  const inForce = versions.data?.versions.find(({ state }) => state === "published");
  const ranked = (inForce?.content.segments ?? [])
    .toSorted((a, b) => (b.minScore ?? -1) - (a.minScore ?? -1))
    .map(({ key }) => key);
  return (
    <span className="dsc-nowrap">
      <Mark tone={toneOf(segment.key, ranked)} /> {segment.name}
      {score !== null && score !== undefined && <span className="dsc-strong"> {score}</span>}
    </span>
  );
}
