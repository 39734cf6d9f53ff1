import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { TriggersForm } from "../criteria/triggers-form.tsx";
import { useAnswer } from "../kit/asking.ts";
import { Failure, Loaded } from "../kit/box.tsx";
import { useSettingsDraft } from "../kit/settings-draft.ts";
import { useFirstTime } from "./use-first-time.ts";

/** Which leads are judged, and when. From here on nothing is written until the path's last step. */
export function TriggersStep({ onDone }: { onDone: () => void }) {
  const words = useWords();
  const lists = useAnswer<Lists>("/api/lists");
  const draft = useSettingsDraft("first-triggers", ["triggers", "settleSeconds"]);
  const pass = useFirstTime(() => {
    draft.drop();
    onDone();
  });
  const { value } = draft;
  const goOn = () =>
    pass.mutate((settings) => ({
      ...settings,
      ...value,
      dryRun: true,
      firstTime: { ...settings.firstTime, triggers: true },
    }));
  return (
    <Loaded query={lists}>
      {(shown) =>
        value && (
          <div className="dsc-stack dsc-stack--wide">
            <TriggersForm isShort value={value} lists={shown} onChange={draft.change} />
            <Failure error={pass.error} />
            <div className="dsc-row">
              <Button isPrimary isBusy={pass.isPending} onClick={goOn}>
                {words.t("path.go_on")}
              </Button>
            </div>
          </div>
        )
      }
    </Loaded>
  );
}
