import type { AccountSettings } from "@dealscope/shared/account-settings";
import type { Settings } from "@dealscope/shared/settings";
import { useState } from "react";
import { asProblem, Problem } from "../../api/problem.ts";
import { COSTS, SETTINGS, SETUP } from "./addresses.ts";
import { type Ask, useAction, useAnswer, useKnown } from "./asking.ts";
import { useKept } from "./kept.ts";
import { stillWrong } from "./still-wrong.ts";

interface Edited<Part> {
  /** The part as it was when the editing began. */
  base: Part;
  value: Part;
}

/**
 * A part of the account's settings being edited. Saving refuses to write over what another administrator has changed in
 * this part meanwhile; changes of other parts are left as they are.
 * @param name of the edit, under which it is kept
 * @param tidy makes of what is being typed what is saved
 */
export function useSettingsDraft<Key extends keyof Settings>(
  name: string,
  keys: readonly Key[],
  tidy: (part: Pick<Settings, Key>) => Pick<Settings, Key> = (part) => part,
) {
  type Part = Pick<Settings, Key>;
  const known = useKnown();
  const query = useAnswer<AccountSettings>(SETTINGS);
  const [edited, keep] = useKept<Edited<Part>>(name);
  const stored = query.data && partOf(query.data.settings, keys);
  const isDirty = edited !== undefined && !isSame(edited.value, edited.base);
  const [tried, setTried] = useState<Part>();

  const save = useAction<AccountSettings, "carefully" | "over">(
    async (ask, how) => {
      const value = edited && tidy(edited.value);
      setTried(edited?.value);
      return changeSettings(ask, (fresh) => {
        const theirs = partOf(fresh, keys);
        if (how === "carefully" && edited && !isSame(theirs, edited.base)) throw new Problem("conflict");
        return { ...fresh, ...value };
      });
    },
    (answer) => {
      known.set(SETTINGS, answer);
      for (const path of [SETUP, COSTS]) void known.refresh(path);
      keep(undefined);
    },
  );

  return {
    query,
    value: edited?.value ?? stored,
    isDirty,
    save: { ...save, error: stillWrong(save.error, { settings: tried }, { settings: edited?.value }) },
    isConflict: save.error !== null && asProblem(save.error).code === "conflict",
    change: (part: Partial<Part>) => {
      const base = edited?.base ?? stored;
      if (base) keep({ base, value: { ...(edited?.value ?? base), ...part } });
    },
    /** Drops what was typed for what is stored. */
    drop: () => {
      keep(undefined);
      save.reset();
      void query.refetch();
    },
  };
}

/** Reads, changes and saves, once more if somebody else was quicker. */
export async function changeSettings(ask: Ask, change: (settings: Settings) => Settings): Promise<AccountSettings> {
  const once = async () => {
    const { version, settings } = await ask<AccountSettings>(SETTINGS);
    return ask<AccountSettings>(SETTINGS, { method: "PUT", body: { version, settings: change(settings) } });
  };
  try {
    return await once();
  } catch (error) {
    if (asProblem(error).code !== "conflict") throw error;
    return once();
  }
}

function partOf<Key extends keyof Settings>(settings: Settings, keys: readonly Key[]): Pick<Settings, Key> {
  return Object.fromEntries(keys.map((key) => [key, settings[key]])) as Pick<Settings, Key>;
}

/** Both come from JSON of the same server, so their parts stand in the same order or differ by an edit. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
