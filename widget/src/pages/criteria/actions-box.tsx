import type { Lists } from "@dealscope/shared/lists";
import type { Assignment, SegmentAction } from "@dealscope/shared/settings";
import { useWords } from "../../i18n/words.ts";
import { TextField } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";
import { Box, Loaded } from "../kit/box.tsx";
import { Check, Group, toggled } from "../kit/controls.tsx";
import { mistakesOf } from "../kit/problems.ts";
import { SaveBar } from "../kit/save-bar.tsx";
import { useSettingsDraft } from "../kit/settings-draft.ts";
import { useIsAdmin } from "../kit/viewer.ts";
import type { SegmentForm } from "./content-form.ts";

const NOTHING: SegmentAction = { assign: null, moveTo: null, task: null };

/** What happens to a lead when it enters a segment, besides fields and tag. */
export function ActionsBox({ lists, segments }: { lists: Lists; segments: readonly SegmentForm[] }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const draft = useSettingsDraft("actions", ["actions", "taskWhenManual"]);
  const mistakes = mistakesOf(draft.save.error, words);
  return (
    <Box title={words.t("actions.title")} lead={words.t("page.at_once")}>
      <Loaded query={draft.query}>
        {() => {
          const { value } = draft;
          if (!value) return null;
          const set = (key: string, part: Partial<SegmentAction>) =>
            draft.change({ actions: { ...value.actions, [key]: { ...NOTHING, ...value.actions[key], ...part } } });
          return (
            <fieldset className="dsc-form-area" disabled={!isAdmin}>
              <div className="dsc-stack">
                {segments.map(({ key, name }) => (
                  <details key={key} className="dsc-fold dsc-fold--box">
                    <summary>
                      <span className="dsc-strong">{name}</span>{" "}
                      <span className="dsc-quiet">{summaryOf(value.actions[key])}</span>
                    </summary>
                    <ActionForm
                      action={value.actions[key] ?? NOTHING}
                      lists={lists}
                      onChange={(part) => set(key, part)}
                      errorOf={(path) => mistakes[`settings.actions.${key}.${path}`]}
                    />
                  </details>
                ))}
                <Check isOn={value.taskWhenManual} onChange={(taskWhenManual) => draft.change({ taskWhenManual })}>
                  {words.t("actions.task_when_manual")}
                </Check>
              </div>
              {isAdmin && <SaveBar draft={draft} />}
            </fieldset>
          );
        }}
      </Loaded>
    </Box>
  );

  function summaryOf(action: SegmentAction | undefined): string {
    const parts = [
      action?.assign && words.t("actions.assign"),
      action?.moveTo && words.t("actions.move"),
      action?.task && words.t("actions.task"),
    ].filter((part) => typeof part === "string");
    return parts.length === 0 ? words.t("actions.nothing") : parts.join(", ");
  }
}

interface FormProps {
  action: SegmentAction;
  lists: Lists;
  onChange: (part: Partial<SegmentAction>) => void;
  errorOf: (path: string) => string | undefined;
}

const HOWS = ["nobody", "fixed", "round_robin", "by_load"] as const;
type How = (typeof HOWS)[number];

function ActionForm({ action: { assign, moveTo, task }, lists, onChange, errorOf }: FormProps) {
  const words = useWords();
  const first = lists.users[0]?.id;
  const stages = lists.pipelines.flatMap((pipeline) =>
    pipeline.stages
      .filter(({ isIncoming }) => !isIncoming)
      .map((stage) => ({
        value: `${pipeline.id}:${stage.id}`,
        label: `${pipeline.name} › ${stage.name}`,
      })),
  );
  const assignBy = (how: How) => {
    const userIds = userIdsOf(assign);
    if (how === "nobody" || first === undefined) return onChange({ assign: null });
    if (how === "fixed") return onChange({ assign: { how, userId: userIds[0] ?? first } });
    onChange({ assign: { how, userIds } });
  };
  return (
    <div className="dsc-stack">
      <div className="dsc-pair dsc-pair--even">
        <Select
          label={words.t("actions.assign")}
          value={assign?.how ?? "nobody"}
          options={HOWS.map((value) => ({ value, label: words.t(`assign.${value}`) }))}
          onChange={assignBy}
        />
        {assign?.how === "fixed" && (
          <Select
            label={words.t("actions.user")}
            value={String(assign.userId)}
            options={lists.users.map(({ id, name }) => ({ value: String(id), label: name }))}
            onChange={(id) => onChange({ assign: { how: "fixed", userId: Number(id) } })}
          />
        )}
      </div>
      {assign && assign.how !== "fixed" && (
        <Group label={words.t("actions.users")}>
          {lists.users.map(({ id, name }) => (
            <Check
              key={id}
              isOn={assign.userIds.includes(id)}
              onChange={(isOn) => onChange({ assign: { ...assign, userIds: toggled(assign.userIds, id, isOn) } })}
            >
              {name}
            </Check>
          ))}
          {errorOf("assign.userIds") && <div className="dsc-field__error">{words.t("actions.users_missing")}</div>}
        </Group>
      )}
      <Select
        label={words.t("actions.move")}
        value={moveTo ? `${moveTo.pipelineId}:${moveTo.statusId}` : ""}
        options={[{ value: "", label: words.t("actions.stay") }, ...stages]}
        onChange={(value) => {
          const [pipelineId, statusId] = value.split(":").map(Number);
          onChange({ moveTo: pipelineId && statusId ? { pipelineId, statusId } : null });
        }}
      />
      <Check
        isOn={task !== null}
        onChange={(isOn) => onChange({ task: isOn ? { text: words.t("actions.task_example"), minutes: 60 } : null })}
      >
        {words.t("actions.task")}
      </Check>
      {task && (
        <div className="dsc-pair">
          <TextField
            label={words.t("actions.task_text")}
            value={task.text}
            error={errorOf("task.text")}
            onChange={(text) => onChange({ task: { ...task, text } })}
          />
          <TextField
            label={words.t("actions.task_minutes")}
            inputMode="numeric"
            value={String(task.minutes)}
            error={errorOf("task.minutes")}
            onChange={(text) => onChange({ task: { ...task, minutes: Number(text.replace(/\D/g, "")) } })}
          />
        </div>
      )}
    </div>
  );
}

function userIdsOf(assign: Assignment | null): number[] {
  if (!assign) return [];
  return assign.how === "fixed" ? [assign.userId] : assign.userIds;
}
