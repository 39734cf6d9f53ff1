import type { AccountSettings } from "@dealscope/shared/account-settings";
import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { TriggersForm } from "../criteria/triggers-form.tsx";
import { SETTINGS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Failure, Loaded } from "../kit/box.tsx";
import { useSettingsDraft } from "../kit/settings-draft.ts";
import { useFirstTime } from "./use-first-time.ts";

/** Which leads are judged, and when. From here on nothing is written until the path's last step, unless one wants it otherwise. */
export function TriggersStep({ onDone }: { onDone: () => void }) {
  const words = useWords();
  const lists = useAnswer<Lists>("/api/lists");
  const isWriting = useAnswer<AccountSettings>(SETTINGS).data?.settings.dryRun === false;
  const draft = useSettingsDraft("first-triggers", ["triggers", "settleSeconds"]);
  const pass = useFirstTime(() => {
    draft.drop();
    onDone();
  });
  const { value } = draft;
  const goOn = (dryRun: boolean) =>
    pass.mutate((settings) => ({
      ...settings,
      ...value,
      dryRun,
      firstTime: { ...settings.firstTime, triggers: true },
    }));
  return (
    <Loaded query={lists}>
      {(shown) =>
        value && (
          <div className="dsc-stack dsc-stack--wide">
            <TriggersForm isShort value={value} lists={shown} onChange={draft.change} />
            {isWriting && <Notice kind="info">{words.t("path.pauses")}</Notice>}
            <Failure error={pass.error} />
            <div className="dsc-row">
              {isWriting && (
                <Button isBusy={pass.isPending} onClick={() => goOn(false)}>
                  {words.t("path.go_on_writing")}
                </Button>
              )}
              <Button isPrimary={!isWriting} isBusy={pass.isPending} onClick={() => goOn(true)}>
                {words.t(isWriting ? "path.go_on_pausing" : "path.go_on")}
              </Button>
            </div>
          </div>
        )
      }
    </Loaded>
  );
}
