import type { AccountSettings } from "@dealscope/shared/account-settings";
import { useWords } from "../../i18n/words.ts";
import { Notice } from "../../ui/notice.tsx";
import { SETTINGS } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Failure, Loaded } from "../kit/box.tsx";
import { Check } from "../kit/controls.tsx";
import { changeSettings } from "../kit/settings-draft.ts";
import { useIsAdmin } from "../kit/viewer.ts";

/** Judges and shows on cards what would be written, and writes nothing. */
export function DryRunSwitch() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const known = useKnown();
  const query = useAnswer<AccountSettings>(SETTINGS);
  const turn = useAction<AccountSettings, boolean>(
    (ask, dryRun) => changeSettings(ask, (settings) => ({ ...settings, dryRun })),
    (answer) => {
      known.set(SETTINGS, answer);
      void known.refresh("/api/setup");
    },
  );
  return (
    <Loaded query={query} widths={[30]}>
      {({ settings }) => (
        <>
          <Check
            isSwitch
            isOn={turn.isPending ? turn.variables : settings.dryRun}
            isDisabled={!isAdmin || turn.isPending}
            onChange={turn.mutate}
          >
            {words.t("setup.dry_run_switch")}
          </Check>
          {turn.isSuccess && !settings.dryRun && settings.engagement.isOn && (
            <Notice
              kind="info"
              action={
                <a className="dsc-link" href="#customerio">
                  {words.t("cio_standing.open")}
                </a>
              }
            >
              {words.t("cio_standing.after_dry_run")}
            </Notice>
          )}
          <Failure error={turn.error} />
        </>
      )}
    </Loaded>
  );
}
