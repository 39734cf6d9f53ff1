import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { TextField } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";
import { LISTS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Loaded } from "../kit/box.tsx";
import { Check } from "../kit/controls.tsx";
import { mistakesOf } from "../kit/problems.ts";
import { SaveBar } from "../kit/save-bar.tsx";
import { useSettingsDraft } from "../kit/settings-draft.ts";
import { useIsAdmin } from "../kit/viewer.ts";
import { countriesIn } from "./countries.ts";

/** Where requests of all forms go. */
export function DestinationBox() {
  const words = useWords();
  const lists = useAnswer<Lists>(LISTS);
  return (
    <Box title={words.t("intake.where")} lead={words.t("intake.where_lead")}>
      <Loaded query={lists} widths={[40, 40, 40]}>
        {(known) => <DestinationForm lists={known} />}
      </Loaded>
    </Box>
  );
}

function DestinationForm({ lists }: { lists: Lists }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const draft = useSettingsDraft("intake", ["intake"]);
  const intake = draft.value?.intake;
  const mistakes = mistakesOf(draft.save.error, words);
  if (!intake) return <Loaded query={draft.query}>{() => null}</Loaded>;
  const change = (part: Partial<typeof intake>) => draft.change({ intake: { ...intake, ...part } });
  const pipeline = lists.pipelines.find(({ id }) => id === intake.pipelineId) ?? lists.pipelines[0];
  const stages = (pipeline?.stages ?? []).filter(({ isIncoming, outcome }) => !isIncoming && outcome === null);
  return (
    <fieldset className="dsc-form-area dsc-stack dsc-stack--wide" disabled={!isAdmin}>
      <div className="dsc-fields">
        <Select
          label={words.t("intake.pipeline")}
          value={idText(intake.pipelineId)}
          options={choices(words.t("intake.first_pipeline"), lists.pipelines, intake.pipelineId)}
          onChange={(value) => change({ pipelineId: idIn(value), statusId: null })}
        />
        <Select
          label={words.t("intake.stage")}
          value={idText(intake.statusId)}
          options={choices(words.t("intake.first_stage"), stages, intake.statusId)}
          onChange={(value) => change({ statusId: idIn(value), pipelineId: pipeline?.id ?? null })}
        />
        <Select
          label={words.t("intake.responsible")}
          value={idText(intake.responsibleUserId)}
          options={choices(words.t("intake.kommo_decides"), lists.users, intake.responsibleUserId)}
          onChange={(value) => change({ responsibleUserId: idIn(value) })}
        />
        <Select
          label={words.t("intake.country")}
          value={intake.country ?? ""}
          options={[{ value: "", label: words.t("intake.country_of_account") }, ...countriesIn(words.language)]}
          onChange={(value) => change({ country: value === "" ? null : value })}
        />
        <TextField
          label={words.t("intake.tag")}
          value={intake.tag}
          error={mistakes["settings.intake.tag"]}
          onChange={(tag) => change({ tag })}
        />
      </div>
      <Check isOn={intake.extendOpenDeals} onChange={(extendOpenDeals) => change({ extendOpenDeals })}>
        {words.t("intake.extend")}
        <span className="dsc-quiet dsc-below">{words.t("intake.extend_hint")}</span>
      </Check>
      {isAdmin && <SaveBar draft={draft} />}
    </fieldset>
  );
}

const idText = (id: number | null) => (id === null ? "" : String(id));
const idIn = (text: string) => (text === "" ? null : Number(text));

/** What was chosen and is gone from Kommo stays in sight by its number. */
function choices(first: string, some: readonly { id: number; name: string }[], chosen: number | null) {
  const isGone = chosen !== null && !some.some(({ id }) => id === chosen);
  return [
    { value: "", label: first },
    ...some.map(({ id, name }) => ({ value: String(id), label: name })),
    ...(isGone ? [{ value: String(chosen), label: String(chosen) }] : []),
  ];
}
