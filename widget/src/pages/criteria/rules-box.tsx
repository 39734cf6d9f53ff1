import type { Settings } from "@dealscope/shared/settings";
import { useWords } from "../../i18n/words.ts";
import { TextAreaField } from "../../ui/field.tsx";
import { Box, Loaded } from "../kit/box.tsx";
import { mistakesOf } from "../kit/problems.ts";
import { SaveBar } from "../kit/save-bar.tsx";
import { useSettingsDraft } from "../kit/settings-draft.ts";
import { useIsAdmin } from "../kit/viewer.ts";

const LISTS = ["domains", "emails", "phones", "words"] as const;

/** What decides before any model is asked. */
export function RulesBox() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const draft = useSettingsDraft("blocklist", ["blocklist"], withoutEmptyLines);
  const mistakes = mistakesOf(draft.save.error, words);
  const errorOf = (list: string) =>
    Object.entries(mistakes).find(([path]) => path.startsWith(`settings.blocklist.${list}`))?.[1];
  return (
    <Box title={words.t("rules.title")} lead={words.t("rules.lead")}>
      <Loaded query={draft.query}>
        {() =>
          draft.value && (
            <fieldset className="dsc-form-area" disabled={!isAdmin}>
              <div className="dsc-pair dsc-pair--even">
                {LISTS.map((list) => (
                  <TextAreaField
                    key={list}
                    label={words.t(`rules.${list}`)}
                    rows={4}
                    value={draft.value?.blocklist[list].join("\n") ?? ""}
                    error={errorOf(list)}
                    onChange={(text) =>
                      draft.value && draft.change({ blocklist: { ...draft.value.blocklist, [list]: text.split("\n") } })
                    }
                  />
                ))}
              </div>
              {isAdmin && <SaveBar draft={draft} />}
            </fieldset>
          )
        }
      </Loaded>
    </Box>
  );
}

function withoutEmptyLines({ blocklist }: Pick<Settings, "blocklist">): Pick<Settings, "blocklist"> {
  const tidy = (lines: string[]) => [...new Set(lines.map((line) => line.trim()).filter((line) => line !== ""))];
  return {
    blocklist: {
      domains: tidy(blocklist.domains),
      emails: tidy(blocklist.emails),
      phones: tidy(blocklist.phones),
      words: tidy(blocklist.words),
    },
  };
}
