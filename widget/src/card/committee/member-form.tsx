import type { Approval, CommitteeMember } from "@dealscope/shared/committee";
import { type FormEvent, useState } from "react";
import { explain } from "../../api/explain.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Choice } from "../../ui/choice.tsx";
import { TextAreaField, TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import type { PieceProps } from "./piece.ts";
import { changeMember, setApproval } from "./requests.ts";
import { useCommitteeChange } from "./use-committee-change.ts";

const APPROVALS = ["pending", "approved", "rejected"] as const satisfies readonly Approval[];

/** What somebody of the committee has said to the purchase, as the rep heard it, and how much his word weighs. */
export function MemberForm({
  card,
  member,
  now,
  onDone,
}: PieceProps & { member: CommitteeMember; onDone: () => void }) {
  const words = useWords();
  const { contactId, role, ownWeight, approvalBy, approvalAt } = member;
  const [approval, setChosen] = useState<Approval>(member.approval);
  const [note, setNote] = useState(member.approvalNote);
  const [typed, setTyped] = useState(ownWeight === null ? "" : String(ownWeight));
  const [isChecked, setChecked] = useState(false);
  const save = useCommitteeChange(card.lead.id);
  const weight = asWeight(typed);
  const ofRole = card.committee.roles.find(({ key }) => key === role)?.weight;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (weight === undefined || save.isPending) return;
    const isWeighed = weight !== ownWeight;
    const isSaid = approval !== member.approval || note.trim() !== member.approvalNote;
    try {
      if (isWeighed) await save.mutateAsync({ request: changeMember(contactId, { weight }) });
      // Saved as it was, an approval is said once more; not so by whoever has changed the weight only.
      if (isSaid || !isWeighed)
        await save.mutateAsync({ request: setApproval(contactId, { approval, note: note.trim() }) });
      onDone();
    } catch {
      // It is shown below, and what was typed stays.
    }
  };
  return (
    <form
      className="dsc-form dsc-stack"
      onSubmit={submit}
      onKeyDown={({ key }) => key === "Escape" && onDone()}
      noValidate
    >
      {approvalBy && approvalAt && (
        <div className="dsc-quiet">
          {words.t("approval.by", { name: approvalBy, when: words.when(approvalAt, now) })}
        </div>
      )}
      <Choice
        label={words.t("approval.title")}
        value={approval}
        options={APPROVALS.map((value) => ({ value, label: words.t(`approval.${value}`) }))}
        onChange={setChosen}
      />
      <TextAreaField label={words.t("approval.note")} value={note} onChange={setNote} />
      <TextField
        label={words.t("member.weight")}
        value={typed}
        onChange={setTyped}
        inputMode="numeric"
        hint={ofRole === undefined ? "0" : words.t("member.weight_of_role", { weight: ofRole })}
        error={isChecked && weight === undefined ? words.t("member.weight_wrong") : undefined}
      />
      {save.error && <Notice kind="error">{explain(save.error, words)}</Notice>}
      <div className="dsc-row">
        <Button isPrimary type="submit" isBusy={save.isPending}>
          {words.t("action.save")}
        </Button>
        <Button onClick={onDone}>{words.t("action.cancel")}</Button>
      </div>
    </form>
  );
}

/** Null where nothing is typed, so that the role's weight counts; undefined for what is no weight. */
function asWeight(typed: string): number | null | undefined {
  const text = typed.trim();
  if (text === "") return null;
  return /^\d{1,3}$/.test(text) && Number(text) <= 100 ? Number(text) : undefined;
}
