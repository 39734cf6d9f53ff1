import type { Approval, CommitteeMember } from "@dealscope/shared/committee";
import { type FormEvent, useState } from "react";
import { explain } from "../../api/explain.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Choice } from "../../ui/choice.tsx";
import { TextAreaField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import type { PieceProps } from "./piece.ts";
import { setApproval } from "./requests.ts";
import { useCommitteeChange } from "./use-committee-change.ts";

const APPROVALS = ["pending", "approved", "rejected"] as const satisfies readonly Approval[];

/** What somebody of the committee has said to the purchase, as the rep heard it. */
export function ApprovalForm({
  card,
  member,
  now,
  onDone,
}: PieceProps & { member: CommitteeMember; onDone: () => void }) {
  const words = useWords();
  const [approval, setChosen] = useState<Approval>(member.approval);
  const [note, setNote] = useState(member.approvalNote);
  const save = useCommitteeChange(card.lead.id, onDone);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate({ request: setApproval(member.contactId, { approval, note: note.trim() }) });
  };
  const { approvalBy, approvalAt } = member;
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
