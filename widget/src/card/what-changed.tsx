import type { Card } from "@dealscope/shared/card";
import { useWords } from "../i18n/words.ts";
import { TextButton } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";
import { toneOf } from "../ui/tone.ts";
import { changesBetween, isUnchanged, type Judged } from "./changes.ts";

interface Props {
  before: Judged;
  after: Judged;
  card: Card;
  onClose: () => void;
}

/** How a verdict differs from the one before: 62 → 81, and which reasons moved. */
export function WhatChanged({ before, after, card, onClose }: Props) {
  const words = useWords();
  const changes = changesBetween(before, after);
  const ranked = card.segments.map(({ key }) => key);
  const names = new Map(card.verdict?.criteria.map(({ key, name }) => [key, name]));
  return (
    <div className="dsc-note" role="status">
      {isUnchanged(changes) ? (
        <div>{words.t("act.unchanged")}</div>
      ) : (
        <>
          <div className="dsc-field__label">{words.t("act.changed")}</div>
          {changes.score && (
            <div className="dsc-strong">
              {changes.score.from ?? "–"} → {changes.score.to ?? "–"}
            </div>
          )}
          {changes.segment && (
            <div className="dsc-row">
              <Named segment={changes.segment.from} ranked={ranked} /> →{" "}
              <Named segment={changes.segment.to} ranked={ranked} />
            </div>
          )}
          {changes.levels.map(({ key, from, to }) => (
            <div key={key} className="dsc-quiet">
              {names.get(key) ?? key}: {from ?? words.t("why.unknown")} → {to ?? words.t("why.unknown")}
            </div>
          ))}
        </>
      )}
      <TextButton onClick={onClose}>{words.t("action.close")}</TextButton>
    </div>
  );
}

function Named({ segment, ranked }: { segment: Judged["segment"]; ranked: readonly string[] }) {
  return (
    <span>
      <Mark tone={toneOf(segment?.key, ranked)} /> {segment?.name ?? "–"}
    </span>
  );
}
