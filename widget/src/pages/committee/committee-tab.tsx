import type { Role } from "@dealscope/shared/committee";
import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { LISTS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Loaded } from "../kit/box.tsx";
import { NumberField } from "../kit/number-field.tsx";
import { mistakesOf } from "../kit/problems.ts";
import { SaveStrip } from "../kit/save-strip.tsx";
import { useSettingsDraft } from "../kit/settings-draft.ts";
import { useIsAdmin } from "../kit/viewer.ts";
import { MirrorFields } from "./mirror-fields.tsx";
import { RolesFields } from "./roles-fields.tsx";

const NOTHING_TYPED = Number.NaN;

/** Which parts people can play in a purchase, and what Kommo is told of it. */
export function CommitteeTab() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const lists = useAnswer<Lists>(LISTS);
  const draft = useSettingsDraft("committee", ["committee"]);
  const mistakes = mistakesOf(draft.save.error, words);
  return (
    <Loaded query={draft.query}>
      {(stored) => {
        const committee = draft.value?.committee;
        if (!committee) return null;
        const set = (part: Partial<typeof committee>) => draft.change({ committee: { ...committee, ...part } });
        const errorOf = (path: string) => mistakes[`settings.committee.${path}`];
        return (
          <fieldset className="dsc-form-area dsc-page__tab" disabled={!isAdmin}>
            <Box title={words.t("roles.title")} lead={words.t("roles.lead")}>
              <RolesFields
                roles={committee.roles}
                gates={stored.settings.gates}
                errorOf={errorOf}
                onChange={(roles) => set({ roles })}
              />
            </Box>
            <Box title={words.t("silence.title")} lead={words.t("silence.lead")}>
              <div className="dsc-narrow dsc-stack">
                <NumberField
                  label={words.t("silence.silent")}
                  value={committee.silentDays}
                  error={errorOf("silentDays")}
                  onChange={(days) => set({ silentDays: days ?? NOTHING_TYPED })}
                />
                <NumberField
                  label={words.t("silence.standstill")}
                  value={committee.standstillDays}
                  error={errorOf("standstillDays")}
                  onChange={(days) => set({ standstillDays: days ?? NOTHING_TYPED })}
                />
              </div>
            </Box>
            <Box title={words.t("mirror.title")} lead={words.t("mirror.lead")}>
              <Loaded query={lists}>
                {({ contactFields }) => (
                  <MirrorFields value={committee} contactFields={contactFields} errorOf={errorOf} onChange={set} />
                )}
              </Loaded>
            </Box>
            {isAdmin && <SaveStrip draft={draft} nameOf={(path) => roleAt(path, committee.roles)} />}
          </fieldset>
        );
      }}
    </Loaded>
  );
}

/** What the role is called that a path such as `settings.committee.roles.2.weight` leads into. */
function roleAt(path: string, roles: readonly Role[]): string | undefined {
  const [, index] = /\.roles\.(\d+)\./.exec(path) ?? [];
  return index === undefined ? undefined : roles[Number(index)]?.name;
}
