import type { Card, HistoryEntry } from "@dealscope/shared/card";
import { useState } from "react";
import { useWords, type Words } from "../i18n/words.ts";
import { TextButton } from "../ui/button.tsx";
import { Lock } from "../ui/lock.tsx";
import { Mark } from "../ui/mark.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { toneOf } from "../ui/tone.ts";
import { judgeOf } from "./judge-of.ts";
import { Part, type PartProps } from "./part.tsx";

const AT_FIRST = 3;

/** Every verdict and override of this lead, newest first. */
export function History({ card, now }: PartProps) {
  const words = useWords();
  const [isWhole, setWhole] = useState(false);
  return (
    <Part title={words.t("history.title")} loading={<SkeletonRows widths={[30, 38, 34]} />} card={card}>
      {({ history, segments }) => {
        if (history.length === 0) return <p className="dsc-quiet dsc-summary">{words.t("history.empty")}</p>;
        return (
          <>
            <ul className="dsc-list">
              {history.slice(0, isWhole ? history.length : AT_FIRST).map((entry) => (
                <Entry key={`${entry.kind} ${entry.id}`} entry={entry} segments={segments} now={now} />
              ))}
            </ul>
            {history.length > AT_FIRST && (
              <TextButton isExpanded={isWhole} onClick={() => setWhole(!isWhole)}>
                {isWhole ? words.t("action.less") : words.t("action.more", { count: history.length })}
              </TextButton>
            )}
          </>
        );
      }}
    </Part>
  );
}

function Entry({ entry, segments, now }: { entry: HistoryEntry; segments: Card["segments"]; now: number }) {
  const words = useWords();
  return (
    <li className="dsc-entry">
      <div className="dsc-entry__head">
        {entry.kind !== "clear" && (
          <span className="dsc-entry__what">
            <Mark
              tone={toneOf(
                entry.segment?.key,
                segments.map(({ key }) => key),
              )}
            />
            <span>{headingOf(entry, words)}</span>
            {entry.kind === "override" && <Lock label={words.t("verdict.locked")} />}
          </span>
        )}
        {entry.kind === "clear" && <span>{words.t("history.cleared", { name: entry.byName })}</span>}
        <time className="dsc-quiet dsc-entry__time" dateTime={entry.at} title={words.when(entry.at, now)}>
          {words.ago(entry.at, now)}
        </time>
      </div>
      {entry.kind === "verdict" && <div className="dsc-quiet">{judgeOf(entry, words)}</div>}
      {entry.kind === "override" && (
        <div className="dsc-quiet">{words.t("history.set", { name: entry.byName, reason: entry.reason })}</div>
      )}
    </li>
  );
}

function headingOf(entry: Exclude<HistoryEntry, { kind: "clear" }>, words: Words): string {
  if (entry.kind === "verdict" && entry.status === "not_enough") return words.t("verdict.not_enough");
  if (entry.kind === "verdict" && entry.status === "needs_manual") return words.t("verdict.needs_manual");
  const parts = [entry.segment?.name, entry.score].filter((part) => part !== undefined && part !== null);
  return parts.join(" ") || words.t("verdict.no_segment");
}
