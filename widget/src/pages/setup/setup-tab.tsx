import type { AccountSettings } from "@dealscope/shared/account-settings";
import type { Setup } from "@dealscope/shared/setup";
import { useWords } from "../../i18n/words.ts";
import { Notice } from "../../ui/notice.tsx";
import { SETTINGS, SETUP } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Loaded } from "../kit/box.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { Checklist } from "./checklist.tsx";
import { CustomerioBox } from "./customerio-box.tsx";
import { DryRunSwitch } from "./dry-run-switch.tsx";
import { FirstTimePath } from "./first-time-path.tsx";

/** Whether every link from Kommo to the verdict holds, and the way to there. */
export function SetupTab() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const query = useAnswer<Setup>(SETUP, {
    again: (setup) => (setup && (setup.provisioning.isRunning || !setup.provisioning.completedAt) ? 1_000 : 30_000),
  });
  const isDry = useAnswer<AccountSettings>(SETTINGS).data?.settings.dryRun;
  return (
    <Loaded query={query} widths={[40, 85, 60, 75, 50]}>
      {(setup) => (
        <>
          {isDry && <Notice kind="info">{words.t("setup.dry_run_on")}</Notice>}
          {setup.firstTime.some(({ done }) => !done) && <FirstTimePath setup={setup} isWriting={isDry === false} />}
          <Box title={words.t("setup.checks")} lead={words.t("setup.checks_lead")}>
            <Checklist setup={setup} />
          </Box>
          {isAdmin && <CustomerioBox />}
          <Box title={words.t("setup.dry_run")} lead={words.t("setup.dry_run_lead")}>
            <DryRunSwitch />
          </Box>
        </>
      )}
    </Loaded>
  );
}
