import type { CardVerdict } from "@dealscope/shared/card";
import { useId, useState } from "react";
import { useWords } from "../i18n/words.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Notice } from "../ui/notice.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { Steps } from "../ui/steps.tsx";
import { asksQuestion } from "./asks-question.ts";
import { Part, type PartProps } from "./part.tsx";
import { unseenWords } from "./unseen-words.ts";
import { WhereItStands } from "./where-it-stands.tsx";

type Reason = CardVerdict["criteria"][number];

/** What the verdict stands on: each criterion with its level and the words of the lead. */
export function Why({ card, now }: PartProps) {
  const words = useWords();
  return (
    <Part title={words.t("why.title")} loading={<SkeletonRows widths={[30, 44, 26, 38, 58]} />} card={card}>
      {({ verdict }) => {
        if (!verdict) return <p className="dsc-quiet dsc-summary">{words.t("why.empty")}</p>;
        const unseen = [...verdict.unseen.missing, ...verdict.unseen.cut].map((part) => unseenWords(part, words));
        // Why a person has to judge is said above already.
        const flags = verdict.flags.filter((flag) => flag !== verdict.reason);
        return (
          <div className="dsc-stack">
            {verdict.question && !asksQuestion(verdict) && <Question text={verdict.question} />}
            {flags.map((flag) => (
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
  const { name, level, quote, place } = reason;
  const label = level === null ? words.t("why.level_unknown", { name }) : words.t("why.level", { name, level });
  const head = (
    <span className="dsc-reason__head">
      <span className="dsc-reason__name" aria-hidden="true">
        {name}
      </span>
      {level === null && (
        <span className="dsc-quiet" aria-hidden="true">
          {words.t("why.unknown")}
        </span>
      )}
      <Steps level={level} label={label} />
    </span>
  );
  if (quote === null) return <li className="dsc-reason">{head}</li>;
  return (
    <li>
      <button
        type="button"
        className="dsc-reason dsc-reason--button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {head}
        {!isOpen && <span className="dsc-quote dsc-quote--short">“{quote}”</span>}
      </button>
      <div id={id} hidden={!isOpen}>
        {isOpen && <WhereItStands quote={quote} place={place} now={now} />}
      </div>
    </li>
  );
}
