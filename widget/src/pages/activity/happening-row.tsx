import type { Happening } from "@dealscope/shared/activity";
import { useWords } from "../../i18n/words.ts";
import { LeadLink } from "../kit/lead-link.tsx";
import { SegmentMark } from "../kit/outcome.tsx";

const SIGNS = { received: "↓", decided: "◆", written: "↑", failed: "✕" } as const;

export function HappeningRow({ happening }: { happening: Happening }) {
  const words = useWords();
  const { kind, what, lead, by, text, segment, score, changes, outcome, reason, at } = happening;
  return (
    <li className="dsc-list__item dsc-happening">
      <span
        className={`dsc-sign dsc-sign--${kind === "failed" ? "bad" : kind === "written" ? "good" : "unknown"}`}
        role="img"
        aria-label={words.t(`activity_kind.${kind}`)}
      >
        {SIGNS[kind]}
      </span>
      <div className="dsc-checklist__what">
        <div>
          <span className="dsc-strong">{words.t(`happened.${what}`)}</span>
          {lead && (
            <>
              {" · "}
              <LeadLink id={lead.id} name={lead.name} />
            </>
          )}
          {segment && (
            <>
              {" · "}
              <SegmentMark segment={segment} score={score} />
            </>
          )}
        </div>
        {text && <div className="dsc-quiet">{by ? `${by}: ${text}` : text}</div>}
        {!text && by && <div className="dsc-quiet">{by}</div>}
        {changes.length > 0 && <div className="dsc-quiet">{changes.map(nameOfChange).join(", ")}</div>}
        {outcome !== "ok" && (
          <div className="dsc-danger">
            {words.t(`outcome.${outcome}`)}
            {reason && ` ${reason}`}
          </div>
        )}
      </div>
      <time className="dsc-quiet dsc-nowrap" dateTime={at}>
        {words.when(at, Date.now())}
      </time>
    </li>
  );

  function nameOfChange(change: string): string {
    return isKnown(change) ? words.t(`written_part.${change}`) : change;
  }
}

const PARTS = ["score", "segment", "summary", "nextAction", "tags", "stage", "responsible"] as const;

function isKnown(change: string): change is (typeof PARTS)[number] {
  return (PARTS as readonly string[]).includes(change);
}
