import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Failure } from "../kit/box.tsx";
import { useKept } from "../kit/kept.ts";
import { Conflict } from "../kit/save-bar.tsx";
import { mistakesIn, toContent } from "./content-form.ts";
import { Diff } from "./diff.tsx";
import type { Draft, How } from "./use-draft.ts";

/** What is in force, what is only a draft, and how the one becomes the other. */
export function DraftBar({ draft }: { draft: Draft }) {
  const words = useWords();
  const { stored, published, isDirty, save, publish, discard, form } = draft;
  const [isPublishing, setPublishing] = useState(false);
  const [note = "", setNote] = useKept<string>("publish-note");
  const isWhole = form !== undefined && Object.keys(mistakesIn(form)).length === 0;
  const hasDraft = stored !== undefined || isDirty;
  const putInForce = (how: How) =>
    publish.mutate(
      { note: note.trim(), how },
      {
        onSuccess: () => {
          setPublishing(false);
          setNote(undefined);
        },
      },
    );
  return (
    <div className="dsc-draft-bar dsc-stack">
      <div className="dsc-row">
        <span className="dsc-strong">{words.t("criteria.in_force", { number: published?.number ?? 1 })}</span>
        <span className="dsc-quiet" role="status">
          {isDirty && words.t("page.unsaved")}
          {!isDirty && stored && words.t("criteria.draft_of", { name: stored.createdBy })}
          {!hasDraft && words.t("criteria.no_draft")}
        </span>
      </div>
      {draft.isConflict ? (
        <Conflict
          isBusy={save.isPending || publish.isPending}
          onTheirs={draft.drop}
          onMine={() => (publish.error ? putInForce("over") : save.mutate("over"))}
        >
          {form && isWhole && (
            <Diff older={(stored ?? published ?? { content: toContent(form) }).content} newer={toContent(form)} />
          )}
        </Conflict>
      ) : (
        <Failure error={draft.failure} />
      )}
      {!isWhole && <p className="dsc-field__error">{words.t("criteria.not_whole")}</p>}
      <div className="dsc-row">
        <Button isBusy={save.isPending} isDisabled={!isDirty || !isWhole} onClick={() => save.mutate("carefully")}>
          {words.t("criteria.save_draft")}
        </Button>
        <Button
          isPrimary={hasDraft}
          isDisabled={!hasDraft || !isWhole}
          isExpanded={isPublishing}
          onClick={() => setPublishing(!isPublishing)}
        >
          {words.t("criteria.publish_open")}
        </Button>
        {isDirty && <Button onClick={draft.drop}>{words.t("page.undo")}</Button>}
        {stored && !isDirty && (
          <Button isBusy={discard.isPending} onClick={() => discard.mutate()}>
            {words.t("criteria.discard")}
          </Button>
        )}
      </div>
      {isPublishing && hasDraft && (
        <form
          className="dsc-stack dsc-inset"
          onSubmit={(event) => {
            event.preventDefault();
            putInForce("carefully");
          }}
        >
          <TextField
            label={words.t("criteria.note")}
            hint={words.t("criteria.note_hint")}
            value={note}
            onChange={setNote}
          />
          <div className="dsc-row">
            <Button isPrimary type="submit" isBusy={publish.isPending}>
              {words.t("criteria.publish")}
            </Button>
            <Button onClick={() => setPublishing(false)}>{words.t("action.cancel")}</Button>
          </div>
        </form>
      )}
    </div>
  );
}
