import type { PromptVersion, PromptVersionNumber, PromptVersions } from "@dealscope/shared/prompt-versions";
import { asProblem, Problem } from "../../api/problem.ts";
import { VERSIONS } from "../kit/addresses.ts";
import { type Ask, useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { useKept } from "../kit/kept.ts";
import { type ContentForm, toContent, toForm } from "./content-form.ts";

interface Edited {
  /** What the editing began on, to notice when somebody else has gone on meanwhile. */
  began: string;
  form: ContentForm;
}

/** The text being written: what is typed here, else the draft that is stored, else what is in force. */
export function useDraft() {
  const known = useKnown();
  const query = useAnswer<PromptVersions>(VERSIONS);
  const [edited, keep] = useKept<Edited>("criteria");
  const versions = query.data?.versions ?? [];
  const stored = draftIn(versions);
  const published = publishedIn(versions);
  const shown = stored ?? published;
  const form = edited?.form ?? (shown && toForm(shown.content));
  const isDirty = edited !== undefined && shown !== undefined && !isSame(edited.form, toForm(shown.content));

  const store = async (ask: Ask, how: How): Promise<PromptVersion | undefined> => {
    const { versions: now } = await ask<PromptVersions>(VERSIONS);
    const draft = draftIn(now);
    if (!edited) return draft;
    if (how === "carefully" && edited.began !== stateOf(now)) {
      known.set<PromptVersions>(VERSIONS, { versions: now });
      throw new Problem("conflict");
    }
    const body = toContent(edited.form);
    if (draft) {
      return ask<PromptVersion>(`${VERSIONS}/${draft.number}?revision=${draft.revision}`, { method: "PUT", body });
    }
    await ask<PromptVersionNumber>(VERSIONS, { method: "POST", body });
    return draftIn((await ask<PromptVersions>(VERSIONS)).versions);
  };
  const onStored = async () => {
    await known.refresh(VERSIONS);
    keep(undefined);
  };

  const save = useAction(store, onStored);
  const publish = useAction<void, { note: string; how: How }>(
    async (ask, { note, how }) => {
      const draft = await store(ask, how);
      if (!draft) throw new Problem("conflict");
      const address = `${VERSIONS}/${draft.number}/publish?revision=${draft.revision}`;
      await ask<PromptVersion>(address, { method: "POST", body: { note } });
    },
    async () => {
      await onStored();
      void known.refresh("/api/setup");
    },
  );
  const discard = useAction<void>(async (ask) => {
    if (stored) await ask(`${VERSIONS}/${stored.number}`, { method: "DELETE" });
  }, onStored);

  return {
    ...{ query, form, stored, published, isDirty, save, publish, discard },
    failure: save.error ?? publish.error ?? discard.error,
    isConflict: [save.error, publish.error].some((error) => error && asProblem(error).code === "conflict"),
    change: (part: Partial<ContentForm>) => {
      if (form) keep({ began: edited?.began ?? stateOf(versions), form: { ...form, ...part } });
    },
    /** Drops what was typed for what is stored. */
    drop: () => {
      keep(undefined);
      save.reset();
      publish.reset();
      void query.refetch();
    },
  };
}

export type How = "carefully" | "over";
export type Draft = ReturnType<typeof useDraft>;

function draftIn(versions: readonly PromptVersion[]): PromptVersion | undefined {
  return versions.find(({ state }) => state === "draft");
}

export function publishedIn(versions: readonly PromptVersion[]): PromptVersion | undefined {
  return versions.find(({ state }) => state === "published");
}

function stateOf(versions: readonly PromptVersion[]): string {
  const draft = draftIn(versions);
  return `${publishedIn(versions)?.number} ${draft?.number ?? "-"} ${draft?.revision ?? "-"}`;
}

function isSame(one: ContentForm, other: ContentForm): boolean {
  return JSON.stringify(toContent(one)) === JSON.stringify(toContent(other));
}
