import type { AccountSettings } from "@dealscope/shared/account-settings";
import type { Settings } from "@dealscope/shared/settings";
import { SETTINGS } from "../kit/addresses.ts";
import { useAction, useKnown } from "../kit/asking.ts";
import { changeSettings } from "../kit/settings-draft.ts";

/** Passes a step of the first-time path. */
export function useFirstTime(onDone: () => void) {
  const known = useKnown();
  return useAction<AccountSettings, (settings: Settings) => Settings>(
    (ask, change) => changeSettings(ask, change),
    async (answer) => {
      known.set(SETTINGS, answer);
      await known.refresh("/api/setup");
      onDone();
    },
  );
}
