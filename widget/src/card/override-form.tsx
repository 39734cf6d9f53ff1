import type { Card } from "@dealscope/shared/card";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { explain } from "../api/explain.ts";
import { cardQuery, setOverride } from "../api/queries.ts";
import { useWords } from "../i18n/words.ts";
import { useShell } from "../shell.tsx";
import { Button } from "../ui/button.tsx";
import { Choice } from "../ui/choice.tsx";
import { TextAreaField, TextField } from "../ui/field.tsx";
import { Mark } from "../ui/mark.tsx";
import { Notice } from "../ui/notice.tsx";
import { toneOf } from "../ui/tone.ts";
import { type Draft, HOLDS, mistakesIn, NO_SEGMENT, toWish } from "./override-draft.ts";

/** A person's word against the model's. What was typed stays when it cannot be saved. */
export function OverrideForm({ card, onDone }: { card: Card; onDone: () => void }) {
  const words = useWords();
  const { client, page } = useShell();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>({ segment: NO_SEGMENT, score: "", reason: "", holds: "week" });
  const [isChecked, setChecked] = useState(false);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const save = useMutation({
    mutationFn: setOverride(client, card.lead.id),
    onSuccess: (fresh) => {
      queries.setQueryData(cardQuery(client, page, card.lead.id).queryKey, fresh);
      onDone();
    },
  });

  const mistakes = mistakesIn(draft);
  const error = (field: keyof typeof mistakes) => {
    const word = mistakes[field];
    return isChecked && word ? words.t(word) : undefined;
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (Object.keys(mistakes).length === 0 && !save.isPending) save.mutate(toWish(draft, Date.now()));
  };

  const ranked = card.segments.map(({ key }) => key);
  const segments = [
    ...card.segments.map(({ key, name }) => ({
      value: key,
      label: (
        <>
          <Mark tone={toneOf(key, ranked)} />
          {name}
        </>
      ),
    })),
    { value: NO_SEGMENT, label: words.t("act.as_score") },
  ];
  return (
    <form
      className="dsc-form dsc-stack"
      onSubmit={submit}
      onKeyDown={({ key }) => key === "Escape" && onDone()}
      noValidate
    >
      <Choice
        label={words.t("act.segment")}
        value={draft.segment}
        options={segments}
        onChange={(segment) => change({ segment })}
        error={error("segment")}
      />
      <TextField
        label={words.t("act.score")}
        value={draft.score}
        inputMode="numeric"
        onChange={(score) => change({ score })}
        error={error("score")}
      />
      <TextAreaField
        label={words.t("act.reason")}
        hint={words.t("act.reason_hint")}
        value={draft.reason}
        onChange={(reason) => change({ reason })}
        error={error("reason")}
      />
      <Choice
        label={words.t("act.expires")}
        value={draft.holds}
        options={HOLDS.map((value) => ({ value, label: words.t(`act.expires_${value}`) }))}
        onChange={(holds) => change({ holds })}
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
