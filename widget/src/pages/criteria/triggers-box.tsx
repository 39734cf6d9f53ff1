import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { Box, Loaded } from "../kit/box.tsx";
import { mistakesOf } from "../kit/problems.ts";
import { SaveBar } from "../kit/save-bar.tsx";
import { useSettingsDraft } from "../kit/settings-draft.ts";
import { useIsAdmin } from "../kit/viewer.ts";
import { TriggersForm } from "./triggers-form.tsx";

export function TriggersBox({ lists }: { lists: Lists }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const draft = useSettingsDraft("triggers", ["triggers", "settleSeconds"]);
  return (
    <Box title={words.t("triggers.title")} lead={words.t("page.at_once")}>
      <Loaded query={draft.query}>
        {() =>
          draft.value && (
            <fieldset className="dsc-form-area" disabled={!isAdmin}>
              <TriggersForm
                value={draft.value}
                lists={lists}
                onChange={draft.change}
                mistakes={mistakesOf(draft.save.error, words)}
              />
              {isAdmin && <SaveBar draft={draft} />}
            </fieldset>
          )
        }
      </Loaded>
    </Box>
  );
}
