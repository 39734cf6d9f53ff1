import type { CardVerdict } from "@dealscope/shared/card";
import { useId, useState } from "react";
import { useWords, type Words } from "../i18n/words.ts";
import { Notice } from "../ui/notice.tsx";
import { Steps } from "../ui/steps.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Part, type PartProps } from "./part.tsx";

type Reason = CardVerdict["criteria"][number];

/** What the verdict stands on: each criterion with its level and the words of the lead. */
export function Why({ card, now }: PartProps) {
  const words = useWords();
  return (
    <Part title={words.t("why.title")} loading={[92, 70, 88, 66, 90, 72, 86, 60]} card={card}>
      {({ verdict }) => {
        if (!verdict) return <p className="dsc-quiet dsc-summary">{words.t("why.empty")}</p>;
        const unseen = [...verdict.unseen.missing, ...verdict.unseen.cut];
        return (
          <div className="dsc-stack">
            {verdict.question && <Question text={verdict.question} />}
            {verdict.flags.map((flag) => (
              <Notice key={flag} kind="warning">
                {words.t(`flag.${flag}`)}
              </Notice>
            ))}
            {verdict.criteria.length === 0 ? (
              <p className="dsc-quiet dsc-summary">{words.t(verdict.judge.rule ? "why.by_rule" : "why.empty")}</p>
            ) : (
              <ul className="dsc-list">
                {verdict.criteria.map((reason) => (
                  <ReasonRow key={reason.key} reason={reason} now={now} />
                ))}
              </ul>
            )}
            {unseen.length > 0 && (
              <p className="dsc-quiet dsc-summary">{words.t("why.unseen", { what: unseen.join(", ") })}</p>
            )}
          </div>
        );
      }}
    </Part>
  );
}

/** The one question whose answer would help most, ready to be sent. */
function Question({ text }: { text: string }) {
  const words = useWords();
  return (
    <div className="dsc-next-action">
      <div className="dsc-field__label">{words.t("why.ask")}</div>
      <div className="dsc-next-action__text">{text}</div>
      <CopyButton text={text} />
    </div>
  );
}

function ReasonRow({ reason, now }: { reason: Reason; now: number }) {
  const words = useWords();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const { name, level, quote } = reason;
  const label = level === null ? words.t("why.level_unknown", { name }) : words.t("why.level", { name, level });
  return (
    <li>
      <button
        type="button"
        className="dsc-reason"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="dsc-reason__head">
          <span className="dsc-reason__name" aria-hidden="true">
            {name}
          </span>
          <Steps level={level} label={label} />
        </span>
        <span className={isOpen ? "dsc-quote" : "dsc-quote dsc-quote--short"} id={id}>
          {quote === null ? <span className="dsc-quiet">{words.t("why.not_said")}</span> : `“${quote}”`}
          {isOpen && quote !== null && <span className="dsc-quote__source">{placeOf(reason, words, now)}</span>}
        </span>
      </button>
    </li>
  );
}

/** Where the words stand. */
function placeOf({ source }: Reason, words: Words, now: number): string {
  if (!source) return words.t("why.somewhere");
  if (source.kind === "field") return words.t("why.field", { name: source.ref });
  return words.t(`why.${source.kind}`, { when: source.at ? words.when(source.at, now) : "–" });
}
