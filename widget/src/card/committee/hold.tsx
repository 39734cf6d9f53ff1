import type { Missing } from "@dealscope/shared/committee";
import { useState } from "react";
import { explain } from "../../api/explain.ts";
import { useWords } from "../../i18n/words.ts";
import { Button, TextButton } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import type { PieceProps } from "./piece.ts";
import { overrule, setApproval } from "./requests.ts";
import { stillMissing } from "./still-missing.ts";
import { useCommitteeChange, withMember } from "./use-committee-change.ts";

/** The deal was sent back: where it is wanted, what it waits for, and what whoever looks can do about it. */
export function Hold({ card, now, wording, onGone }: PieceProps) {
  const words = useWords();
  const { hold } = card.committee;
  if (!hold) return null;
  const missing = stillMissing(card.committee);
  return (
    <section className="dsc-hold" aria-label={words.t("hold.label")}>
      <div className="dsc-strong">{words.t("hold.title", { stage: hold.wanted.name })}</div>
      {hold.refusal === null ? (
        <div className="dsc-quiet">{words.t("hold.since", { when: words.ago(hold.since, now) })}</div>
      ) : (
        <Notice kind="error">{words.t("hold.refused", { why: hold.refusal })}</Notice>
      )}
      {missing.length === 0 ? (
        <p className="dsc-summary dsc-progress" role="status">
          {hold.overruledBy === null
            ? words.t("hold.moves_on")
            : words.t("hold.let_through", { name: hold.overruledBy })}
        </p>
      ) : (
        <ul className="dsc-list">
          {missing.map((one) => (
            <MissingRow key={JSON.stringify(one)} {...{ card, wording, onGone }} missing={one} />
          ))}
        </ul>
      )}
      {hold.mayOverrule && missing.length > 0 && <Overrule {...{ card, onGone }} stage={hold.wanted.name} />}
    </section>
  );
}

function MissingRow({ missing, card, wording, onGone }: Omit<PieceProps, "now"> & { missing: Missing }) {
  const words = useWords();
  const approve = useCommitteeChange(card.lead.id);
  const { hold } = card.committee;
  const contactId = missing.kind === "approval" ? missing.contactId : null;
  const click = () => {
    if (contactId === null) return;
    approve.mutate({
      request: setApproval(contactId, { approval: "approved", note: "" }),
      ahead: withMember(contactId, { approval: "approved", approvalBy: null, approvalAt: null, approvalNote: "" }),
    });
    onGone();
  };
  return (
    <li className="dsc-missing">
      <span>{hold && wording.missing(missing, hold)}</span>
      {contactId !== null && card.lead.mayEdit && (
        <Button label={words.t("hold.approve_for", { name: wording.name(contactId) })} onClick={click}>
          {words.t("hold.approve")}
        </Button>
      )}
      {approve.error && <Notice kind="error">{explain(approve.error, words)}</Notice>}
    </li>
  );
}

/** In two steps, for it is written down who did it. */
function Overrule({ card, onGone, stage }: Pick<PieceProps, "card" | "onGone"> & { stage: string }) {
  const words = useWords();
  const [isAsking, setAsking] = useState(false);
  const change = useCommitteeChange(card.lead.id, onGone);
  return (
    <>
      <TextButton isExpanded={isAsking} onClick={() => setAsking(!isAsking)}>
        {words.t("hold.overrule")}
      </TextButton>
      {isAsking && (
        <div className="dsc-stack">
          <div className="dsc-quiet">{words.t("hold.overrule_text", { stage })}</div>
          <div className="dsc-row">
            <Button isBusy={change.isPending} onClick={() => change.mutate({ request: overrule() })}>
              {words.t("hold.overrule_yes")}
            </Button>
            <Button onClick={() => setAsking(false)}>{words.t("action.cancel")}</Button>
          </div>
        </div>
      )}
      {change.error && <Notice kind="error">{explain(change.error, words)}</Notice>}
    </>
  );
}
