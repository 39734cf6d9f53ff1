import type { Lists } from "@dealscope/shared/lists";
import type { Settings, Triggers } from "@dealscope/shared/settings";
import { useWords } from "../../i18n/words.ts";
import { TextField } from "../../ui/field.tsx";
import { Check, Group, toggled } from "../kit/controls.tsx";
import { StagePicker } from "../kit/stage-picker.tsx";

type Part = Pick<Settings, "triggers" | "settleSeconds">;

interface Props {
  value: Part;
  lists: Lists;
  onChange: (part: Partial<Part>) => void;
  /** Only what a beginner has to choose. */
  isShort?: boolean;
  mistakes?: Record<string, string>;
}

/** When a lead is judged. */
export function TriggersForm({ value: { triggers, settleSeconds }, lists, onChange, isShort, mistakes = {} }: Props) {
  const words = useWords();
  const set = (part: Partial<Triggers>) => onChange({ triggers: { ...triggers, ...part } });
  const { pipelineIds } = triggers;
  return (
    <div className="dsc-stack dsc-stack--wide">
      <Group label={words.t("triggers.pipelines")}>
        <Check isOn={pipelineIds.length === 0} onChange={() => set({ pipelineIds: [] })}>
          {words.t("triggers.all_pipelines")}
        </Check>
        {lists.pipelines.map(({ id, name }) => (
          <Check
            key={id}
            isOn={pipelineIds.includes(id)}
            onChange={(isOn) => set({ pipelineIds: toggled(pipelineIds, id, isOn) })}
          >
            {name}
          </Check>
        ))}
      </Group>
      <Group label={words.t("triggers.when")}>
        <Check isOn={triggers.onCreation} onChange={(onCreation) => set({ onCreation })}>
          {words.t("triggers.on_creation")}
        </Check>
        <Check isOn={triggers.onFirstMessage} onChange={(onFirstMessage) => set({ onFirstMessage })}>
          {words.t("triggers.on_first_message")}
        </Check>
        <Check isOn={triggers.onContentChange} onChange={(onContentChange) => set({ onContentChange })}>
          {words.t("triggers.on_change")}
        </Check>
      </Group>
      {!isShort && (
        <>
          <StagePicker
            label={words.t("triggers.stages")}
            lists={lists}
            value={triggers.onStages}
            onChange={(onStages) => set({ onStages })}
          />
          {triggers.onStages.length > 0 && (
            <Check isOn={triggers.onOwnMoves} onChange={(onOwnMoves) => set({ onOwnMoves })}>
              {words.t("triggers.own_moves")}
            </Check>
          )}
          <div className="dsc-narrow">
            <TextField
              label={words.t("triggers.settle")}
              inputMode="numeric"
              value={Number.isNaN(settleSeconds) ? "" : String(settleSeconds)}
              error={mistakes["settings.settleSeconds"]}
              onChange={(text) => onChange({ settleSeconds: Number(text.replace(/\D/g, "")) })}
            />
          </div>
        </>
      )}
    </div>
  );
}
