import type { Setup } from "@dealscope/shared/setup";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Failure } from "../kit/box.tsx";
import { useFirstTime } from "./use-first-time.ts";

/** The last step: from now on verdicts are written into Kommo. */
export function SwitchOnStep({ setup, onDone }: { setup: Setup; onDone: () => void }) {
  const words = useWords();
  const pass = useFirstTime(onDone);
  const isEarly = setup.firstTime.some(({ key, done }) => !done && key !== "switched_on");
  return (
    <div className="dsc-stack">
      <p>{words.t("path.switch_on_text")}</p>
      {isEarly && <Notice kind="info">{words.t("path.switch_on_early")}</Notice>}
      <Failure error={pass.error} />
      <div className="dsc-row">
        <Button
          isPrimary
          isBusy={pass.isPending}
          onClick={() =>
            pass.mutate((settings) => ({
              ...settings,
              dryRun: false,
              firstTime: { triggers: true, icp: true, switchedOn: true },
            }))
          }
        >
          {words.t("path.switch_on")}
        </Button>
      </div>
    </div>
  );
}
