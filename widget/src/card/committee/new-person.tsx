import { type FormEvent, useState } from "react";
import { explain } from "../../api/explain.ts";
import { asProblem } from "../../api/problem.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { addMember } from "./requests.ts";
import { useCommitteeChange, withJoining } from "./use-committee-change.ts";

interface Props {
  leadId: number;
  /** What was looked for: a name, an address or a number. */
  typed: string;
  role: string | null;
  onDone: () => void;
}

/** A contact that Kommo does not have yet. */
export function NewPerson({ leadId, typed, role, onDone }: Props) {
  const words = useWords();
  const [person, setPerson] = useState(() => asPerson(typed));
  const [isChecked, setChecked] = useState(false);
  const save = useCommitteeChange(leadId, onDone);
  const isMissing = person.name.trim() === "";
  const change = (part: Partial<typeof person>) => setPerson({ ...person, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (isMissing || save.isPending) return;
    const [name, email, phone] = [person.name.trim(), person.email.trim(), person.phone.trim()];
    save.mutate({
      request: addMember({ name, role, ...(email && { email }), ...(phone && { phone }) }),
      ahead: withJoining(name),
    });
  };
  return (
    <form className="dsc-stack" onSubmit={submit} noValidate>
      <TextField
        label={words.t("person.name")}
        value={person.name}
        onChange={(name) => change({ name })}
        error={isChecked && isMissing ? words.t("person.name_missing") : undefined}
      />
      <TextField
        label={words.t("person.email")}
        value={person.email}
        onChange={(email) => change({ email })}
        error={mistakeIn("email")}
      />
      <TextField
        label={words.t("person.phone")}
        value={person.phone}
        onChange={(phone) => change({ phone })}
        error={mistakeIn("phone")}
      />
      {save.error && !mistakeIn("email") && !mistakeIn("phone") && (
        <Notice kind="error">{explain(save.error, words)}</Notice>
      )}
      <div className="dsc-row">
        <Button isPrimary type="submit" isBusy={save.isPending}>
          {words.t("person.create")}
        </Button>
      </div>
    </form>
  );

  /** What is wrong with it as it was sent. */
  function mistakeIn(field: "email" | "phone"): string | undefined {
    const issue = asProblem(save.error).detail.issues?.find(({ path }) => path === field);
    const limit = issue?.limit;
    return issue && words.t(limit === undefined ? `person.${field}_wrong` : "person.too_long", { limit: limit ?? "" });
  }
}

function asPerson(typed: string) {
  const nobody = { name: "", email: "", phone: "" };
  if (typed.includes("@")) return { ...nobody, email: typed };
  return /^[\d\s()+./-]+$/.test(typed) ? { ...nobody, phone: typed } : { ...nobody, name: typed };
}
