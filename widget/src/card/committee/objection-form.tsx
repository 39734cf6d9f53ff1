import { type FormEvent, useState } from "react";
import { explain } from "../../api/explain.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Choice } from "../../ui/choice.tsx";
import { TextAreaField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Select } from "../../ui/select.tsx";
import type { PieceProps } from "./piece.ts";
import { addObjection } from "./requests.ts";
import { useCommitteeChange } from "./use-committee-change.ts";

const WEIGHTS = [
  ["25", "objection.light"],
  ["50", "objection.middling"],
  ["90", "objection.heavy"],
] as const;

/** An objection that the rep has heard himself. What was typed stays when it cannot be saved. */
export function ObjectionForm({ card, wording, onDone }: PieceProps & { onDone: () => void }) {
  const words = useWords();
  const { members } = card.committee;
  const [contactId, setContact] = useState(String(members[0]?.contactId ?? ""));
  const [text, setText] = useState("");
  const [weight, setWeight] = useState("50");
  const [isChecked, setChecked] = useState(false);
  const save = useCommitteeChange(card.lead.id, onDone);
  const isMissing = text.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (isMissing || save.isPending) return;
    const objection = { contactId: Number(contactId), text: text.trim(), weight: Number(weight) };
    save.mutate({ request: addObjection(objection) });
  };
  return (
    <form
      className="dsc-form dsc-stack"
      onSubmit={submit}
      onKeyDown={({ key }) => key === "Escape" && onDone()}
      noValidate
    >
      <Select
        label={words.t("objection.who")}
        value={contactId}
        options={members.map((member) => ({ value: String(member.contactId), label: wording.name(member.contactId) }))}
        onChange={setContact}
      />
      <TextAreaField
        label={words.t("objection.text")}
        value={text}
        onChange={setText}
        error={isChecked && isMissing ? words.t("objection.text_missing") : undefined}
      />
      <Choice
        label={words.t("objection.weight")}
        value={weight}
        options={WEIGHTS.map(([value, word]) => ({ value, label: words.t(word) }))}
        onChange={setWeight}
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
