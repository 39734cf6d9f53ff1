import type { ConnectionAnswer, ObjectTypes } from "@dealscope/shared/customerio";
import type { Lists } from "@dealscope/shared/lists";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { CONNECTION, LISTS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Empty, Loaded } from "../kit/box.tsx";
import { mistakesOf } from "../kit/problems.ts";
import { SaveStrip } from "../kit/save-strip.tsx";
import { useSettingsDraft } from "../kit/settings-draft.ts";
import { useIsAdmin } from "../kit/viewer.ts";
import { ConnectionBox } from "./connection-box.tsx";
import { DealsSentBox } from "./deals-sent-box.tsx";
import { EffectsBox } from "./effects-box.tsx";
import { EventsBox } from "./events-box.tsx";
import { FieldsBox } from "./fields-box.tsx";
import { PreviewBox } from "./preview-box.tsx";
import { WebhookBox } from "./webhook-box.tsx";
import { WhoBox } from "./who-box.tsx";

const AGAIN_MS = 5_000;

/** Campaigns of Customer.io: the keys, what they are told of deals, and what becomes of what they tell. */
export function CustomerioTab() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  // Whoever sets up the webhook sends a test and looks here.
  const query = useAnswer<ConnectionAnswer>(CONNECTION, { isWanted: isAdmin, again: () => AGAIN_MS });
  const connection = query.data?.connection ?? null;
  const [keysSaved, setKeysSaved] = useState(0);
  return (
    <>
      {isAdmin ? (
        <Loaded query={query} widths={[40, 60, 60]}>
          {() => <ConnectionBox connection={connection} onChanged={() => setKeysSaved((times) => times + 1)} />}
        </Loaded>
      ) : (
        <Box title={words.t("cio_keys.title")}>
          <Empty>{words.t("cio_keys.admins_see")}</Empty>
        </Box>
      )}
      {/* What was refused with other keys is over. */}
      {connection && <WebhookBox key={keysSaved} connection={connection} />}
      <SettingsPart connection={query.data?.connection} />
    </>
  );
}

/** @param connection undefined while it is not known, which it never is to who is no administrator */
function SettingsPart({ connection }: { connection: ConnectionAnswer["connection"] | undefined }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const lists = useAnswer<Lists>(LISTS);
  const types = useAnswer<ObjectTypes>("/api/engagement/object-types", { isWanted: connection?.hasAppKey ?? false });
  const draft = useSettingsDraft("engagement", ["engagement"]);
  const mistakes = mistakesOf(draft.save.error, words);
  return (
    <Loaded query={draft.query}>
      {(stored) => {
        const engagement = draft.value?.engagement;
        if (!engagement) return null;
        return (
          <Loaded query={lists}>
            {(shown) => {
              const part = {
                value: engagement,
                lists: shown,
                errorOf: (path: string) => mistakes[`settings.engagement.${path}`],
                onChange: (change: Partial<typeof engagement>) =>
                  draft.change({ engagement: { ...engagement, ...change } }),
              };
              const nameOf = (path: string) => fieldAt(path, engagement.fields, shown);
              return (
                <>
                  <div className="dsc-columns">
                    <fieldset className="dsc-form-area dsc-columns__main" disabled={!isAdmin}>
                      <WhoBox
                        {...part}
                        roles={stored.settings.committee.roles}
                        isUnconnected={connection === null}
                        isDry={stored.settings.dryRun}
                      />
                      <FieldsBox {...part} />
                      <EventsBox {...part} types={types.data?.types ?? []} />
                      <EffectsBox {...part} />
                      {isAdmin && <SaveStrip draft={draft} nameOf={nameOf} />}
                    </fieldset>
                    {isAdmin && (
                      <div className="dsc-columns__side">
                        <PreviewBox settings={engagement} nameOf={nameOf} />
                      </div>
                    )}
                  </div>
                  {connection && <DealsSentBox isUnsaved={draft.isDirty} />}
                </>
              );
            }}
          </Loaded>
        );
      }}
    </Loaded>
  );
}

/** What Kommo calls the field that a path such as `settings.engagement.fields.2.attribute` leads into. */
function fieldAt(path: string, fields: readonly { fieldId: number }[], lists: Lists): string | undefined {
  const [, index] = /\bfields\.(\d+)\./.exec(path) ?? [];
  const fieldId = index === undefined ? undefined : fields[Number(index)]?.fieldId;
  return [...lists.leadFields, ...lists.contactFields].find(({ id }) => id === fieldId)?.name;
}
