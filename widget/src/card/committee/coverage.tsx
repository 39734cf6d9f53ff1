import { useWords } from "../../i18n/words.ts";
import { Ring } from "../../ui/ring.tsx";
import type { PieceProps } from "./piece.ts";

/** How much of the committee is there, what is missing of it, and why the deal stands still. */
export function Coverage({ card, wording }: PieceProps) {
  const words = useWords();
  const { coverage, marks, standstill } = card.committee;
  if (!coverage && marks.length === 0 && !standstill) return null;
  return (
    <div className="dsc-stack">
      <div className="dsc-coverage">
        {coverage && (
          <Ring
            score={coverage.percent}
            tone={toneOf(coverage.percent)}
            label={words.t("committee.coverage", { percent: coverage.percent })}
          />
        )}
        <div className="dsc-coverage__words">
          {coverage && (
            <div>
              {coverage.missing.length === 0
                ? words.t("committee.covered")
                : words.t("committee.uncovered", { roles: wording.roles(coverage.missing) })}
            </div>
          )}
          {marks.length > 0 && (
            <ul className="dsc-list dsc-row">
              {marks.map((mark) => (
                <li key={mark} className="dsc-chip">
                  {words.t(`mark.${mark}`)}
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
      {standstill && <p className="dsc-summary dsc-note">{wording.standstill(standstill)}</p>}
    </div>
  );
}

function toneOf(percent: number) {
  if (percent >= 100) return "good";
  return percent >= 50 ? "warm" : "hot";
}
