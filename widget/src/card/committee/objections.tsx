import type { Objection } from "@dealscope/shared/committee";
import { useRef, useState } from "react";
import { explain } from "../../api/explain.ts";
import { useWords } from "../../i18n/words.ts";
import { TextButton } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { ObjectionForm } from "./objection-form.tsx";
import type { PieceProps } from "./piece.ts";
import { changeObjection } from "./requests.ts";
import { useCommitteeChange } from "./use-committee-change.ts";

/** What people hold against the purchase: what is open, what their words seem to say, and, closed, what was answered. */
export function Objections(props: PieceProps) {
  const { card } = props;
  const words = useWords();
  const [isAdding, setAdding] = useState(false);
  const adding = useRef<HTMLDivElement>(null);
  const { objections, members } = card.committee;
  const mayAdd = card.lead.mayEdit && members.length > 0;
  const answered = objections.filter(({ state }) => state === "answered");
  const others = [
    ...objections.filter(({ state }) => state === "open").toSorted((one, other) => other.weight - one.weight),
    ...objections.filter(({ state }) => state === "suggested"),
  ];
  if (objections.length === 0 && !mayAdd) return null;
  const endAdding = () => {
    setAdding(false);
    adding.current?.querySelector<HTMLElement>("button")?.focus();
  };
  return (
    <section aria-label={words.t("objection.title")}>
      {objections.length > 0 && <h4 className="dsc-field__label">{words.t("objection.title")}</h4>}
      {others.length > 0 && (
        <ul className="dsc-list">
          {others.map((objection) => (
            <ObjectionRow key={objection.id} {...props} objection={objection} />
          ))}
        </ul>
      )}
      {answered.length > 0 && (
        <details className="dsc-details">
          <summary className="dsc-quiet">{words.t("objection.answered_some", { count: answered.length })}</summary>
          <ul className="dsc-list">
            {answered.map((objection) => (
              <ObjectionRow key={objection.id} {...props} objection={objection} />
            ))}
          </ul>
        </details>
      )}
      {mayAdd && (
        <div ref={adding}>
          <TextButton isExpanded={isAdding} onClick={() => setAdding(!isAdding)}>
            {words.t("objection.add")}
          </TextButton>
          {isAdding && <ObjectionForm {...props} onDone={endAdding} />}
        </div>
      )}
    </section>
  );
}

const ANSWERS = {
  suggested: [
    ["open", "objection.confirm"],
    ["dismissed", "objection.dismiss"],
  ],
  open: [
    ["answered", "objection.answer"],
    ["dismissed", "objection.dismiss"],
  ],
  answered: [["open", "objection.reopen"]],
} as const;

function ObjectionRow({ objection, card, now, wording, onGone }: PieceProps & { objection: Objection }) {
  const words = useWords();
  const change = useCommitteeChange(card.lead.id);
  const { id, contactId, text, state, since, quote, saidIn } = objection;
  const isSuggested = state === "suggested";
  const answer = (next: "open" | "answered" | "dismissed") => {
    change.mutate({
      request: changeObjection(id, { state: next }),
      ahead: (committee) => ({
        ...committee,
        objections: committee.objections.flatMap((one) => {
          if (one.id !== id) return [one];
          return next === "dismissed" ? [] : [{ ...one, state: next }];
        }),
      }),
    });
    onGone();
  };
  return (
    <li className={isSuggested ? "dsc-suggestion" : "dsc-objection"}>
      {isSuggested && <div className="dsc-quiet">{words.t("objection.suggested")}</div>}
      <div className={state === "open" ? "dsc-strong" : ""}>{text}</div>
      {isSuggested && quote && <q className="dsc-quote">{quote}</q>}
      <div className="dsc-quiet">
        {wording.name(contactId)} · {isSuggested && saidIn ? wording.saidIn(saidIn, now) : words.ago(since, now)}
      </div>
      {card.lead.mayEdit && (
        <div className="dsc-row dsc-row--wide">
          {ANSWERS[state].map(([next, word]) => (
            <TextButton key={next} label={`${words.t(word)}: ${text}`} onClick={() => answer(next)}>
              {words.t(word)}
            </TextButton>
          ))}
        </div>
      )}
      {change.error && <Notice kind="error">{explain(change.error, words)}</Notice>}
    </li>
  );
}
