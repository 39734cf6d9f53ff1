import type { EngagementEffects } from "@dealscope/shared/engagement";
import type { ReactNode } from "react";
import { useWords } from "../../i18n/words.ts";
import { Select } from "../../ui/select.tsx";
import { Box } from "../kit/box.tsx";
import { Check } from "../kit/controls.tsx";
import { NumberField } from "../kit/number-field.tsx";
import type { SettingsPartProps } from "./part.ts";
import { TemplateField } from "./template-field.tsx";

const STAYS = "";

/** What the reading of mails does in Kommo, each by itself. */
export function EffectsBox({ value: { effects }, lists, errorOf, onChange }: SettingsPartProps) {
  const words = useWords();
  const { notes, call, unsubscribe, address } = effects;
  const set = <Key extends Exclude<keyof EngagementEffects, "proxiedCounts">>(
    key: Key,
    part: Partial<EngagementEffects[Key]>,
  ) => onChange({ effects: { ...effects, [key]: { ...effects[key], ...part } } });
  const of = (path: string) => errorOf(`effects.${path}`);
  const state = (isOn: boolean) => words.t(isOn ? "cio_effects.is_on" : "cio_effects.is_off");
  const stages = lists.pipelines.flatMap((pipeline) =>
    pipeline.stages
      .filter(({ isIncoming }) => !isIncoming)
      .map((stage) => ({ value: `${pipeline.id}:${stage.id}`, label: `${pipeline.name} › ${stage.name}` })),
  );
  const { moveTo } = unsubscribe;
  const target = moveTo === null ? STAYS : `${moveTo.pipelineId}:${moveTo.statusId}`;
  return (
    <Box title={words.t("cio_effects.title")} lead={words.t("cio_effects.lead")}>
      <div className="dsc-stack">
        <Check
          isOn={effects.proxiedCounts}
          onChange={(proxiedCounts) => onChange({ effects: { ...effects, proxiedCounts } })}
        >
          {words.t("cio_effects.proxied")}
        </Check>
        <p className="dsc-quiet dsc-summary">{words.t("cio_effects.proxied_hint")}</p>
        <Effect name={words.t("cio_effects.notes")} isWrong={!!of("notes.text")} says={state(notes.isOn)}>
          <Check isOn={notes.isOn} onChange={(isOn) => set("notes", { isOn })} isSwitch>
            {words.t("cio_effects.notes_on")}
          </Check>
          <TemplateField
            kind="note"
            value={notes.text}
            error={of("notes.text")}
            onChange={(text) => set("notes", { text })}
          />
        </Effect>
        <Effect
          name={words.t("cio_effects.call")}
          isWrong={["opens", "hours", "clickCounts", "coolDownHours", "minutes", "text"].some((key) =>
            of(`call.${key}`),
          )}
          says={call.isOn ? words.t("cio_effects.call_rule", numbers(call)) : state(false)}
        >
          <Check isOn={call.isOn} onChange={(isOn) => set("call", { isOn })} isSwitch>
            {words.t("cio_effects.call_on")}
          </Check>
          <div className="dsc-triple">
            {(["opens", "hours", "clickCounts", "coolDownHours", "minutes"] as const).map((key) => (
              <NumberField
                key={key}
                label={words.t(CALL_FIELDS[key])}
                value={call[key]}
                error={of(`call.${key}`)}
                onChange={(number) => set("call", { [key]: number ?? Number.NaN })}
              />
            ))}
          </div>
          <p className="dsc-quiet dsc-summary">{words.t("cio_effects.call_hint")}</p>
          <TemplateField
            kind="call"
            value={call.text}
            error={of("call.text")}
            onChange={(text) => set("call", { text })}
          />
        </Effect>
        <Effect
          name={words.t("cio_effects.unsubscribe")}
          isWrong={["minutes", "text", "moveTo"].some((key) => of(`unsubscribe.${key}`))}
          says={
            [
              unsubscribe.note && words.t("cio_effects.with_note"),
              unsubscribe.task && words.t("cio_effects.with_task"),
              moveTo && words.t("cio_effects.with_stage"),
            ]
              .filter(Boolean)
              .join(", ") || words.t("cio_effects.only_stopped")
          }
        >
          <p className="dsc-quiet dsc-summary">{words.t("cio_effects.unsubscribe_always")}</p>
          <Check isOn={unsubscribe.note} onChange={(note) => set("unsubscribe", { note })}>
            {words.t("cio_effects.unsubscribe_note")}
          </Check>
          <Check isOn={unsubscribe.task} onChange={(task) => set("unsubscribe", { task })}>
            {words.t("cio_effects.unsubscribe_task")}
          </Check>
          <div className="dsc-pair">
            <Select
              label={words.t("actions.move")}
              value={target}
              options={[
                { value: STAYS, label: words.t("actions.stay") },
                ...stages,
                ...(target === STAYS || stages.some(({ value }) => value === target)
                  ? []
                  : [{ value: target, label: words.t("cio_effects.gone_stage") }]),
              ]}
              onChange={(value) => {
                const [pipelineId, statusId] = value.split(":").map(Number);
                set("unsubscribe", { moveTo: pipelineId && statusId ? { pipelineId, statusId } : null });
              }}
            />
            {unsubscribe.task && (
              <NumberField
                label={words.t("actions.task_minutes")}
                value={unsubscribe.minutes}
                error={of("unsubscribe.minutes")}
                onChange={(minutes) => set("unsubscribe", { minutes: minutes ?? Number.NaN })}
              />
            )}
          </div>
          {of("unsubscribe.moveTo") && <div className="dsc-field__error">{of("unsubscribe.moveTo")}</div>}
          <TemplateField
            kind="unsubscribe"
            value={unsubscribe.text}
            error={of("unsubscribe.text")}
            onChange={(text) => set("unsubscribe", { text })}
          />
        </Effect>
        <Effect
          name={words.t("cio_effects.address")}
          isWrong={!!of("address.text")}
          says={
            [address.mark && words.t("cio_effects.with_mark"), address.note && words.t("cio_effects.with_note")]
              .filter(Boolean)
              .join(", ") || words.t("cio_effects.only_stopped")
          }
        >
          <p className="dsc-quiet dsc-summary">{words.t("cio_effects.address_always")}</p>
          <Check isOn={address.mark} onChange={(mark) => set("address", { mark })}>
            {words.t("cio_effects.address_mark")}
          </Check>
          <Check isOn={address.note} onChange={(note) => set("address", { note })}>
            {words.t("cio_effects.address_note")}
          </Check>
          <TemplateField
            kind="address"
            value={address.text}
            error={of("address.text")}
            onChange={(text) => set("address", { text })}
          />
        </Effect>
      </div>
    </Box>
  );
}

const CALL_FIELDS = {
  opens: "cio_effects.opens",
  hours: "cio_effects.hours",
  clickCounts: "cio_effects.click_counts",
  coolDownHours: "cio_effects.cool_down",
  minutes: "actions.task_minutes",
} as const;

/** What is not typed yet is a gap in the sentence. */
function numbers({ opens, hours }: EngagementEffects["call"]): Record<string, string> {
  const written = (number: number) => (Number.isFinite(number) ? String(number) : "…");
  return { opens: written(opens), hours: written(hours) };
}

interface EffectProps {
  name: string;
  /** In a few words, what it does now. */
  says: string;
  isWrong: boolean;
  children: ReactNode;
}

function Effect({ name, says, isWrong, children }: EffectProps) {
  return (
    <details className="dsc-fold dsc-fold--box" open={isWrong ? true : undefined}>
      <summary>
        <span className="dsc-strong">{name}</span> <span className="dsc-quiet">{says}</span>
      </summary>
      <div className="dsc-stack">{children}</div>
    </details>
  );
}
