import type { Lists } from "@dealscope/shared/lists";
import type { StageRef } from "@dealscope/shared/stage-ref";
import { useWords } from "../../i18n/words.ts";
import { Check, Group } from "./controls.tsx";

interface Props {
  label: string;
  lists: Lists;
  value: readonly StageRef[];
  onChange: (stages: StageRef[]) => void;
  /** Leave out won and lost. */
  isOpenOnly?: boolean;
}

/** Some stages of all pipelines; a pipeline is opened to see its own. */
export function StagePicker({ label, lists, value, onChange, isOpenOnly }: Props) {
  const words = useWords();
  return (
    <Group label={label}>
      {lists.pipelines.map((pipeline) => {
        const isChosen = (statusId: number) =>
          value.some((stage) => stage.pipelineId === pipeline.id && stage.statusId === statusId);
        const chosen = pipeline.stages.filter(({ id }) => isChosen(id)).length;
        return (
          <details key={pipeline.id} className="dsc-fold">
            <summary>
              {pipeline.name}
              {chosen > 0 && <span className="dsc-quiet"> {words.t("page.chosen", { count: chosen })}</span>}
            </summary>
            <div className="dsc-checks">
              {pipeline.stages
                .filter(({ outcome }) => !isOpenOnly || outcome === null)
                .map(({ id, name }) => (
                  <Check
                    key={id}
                    isOn={isChosen(id)}
                    onChange={(isOn) => {
                      const others = value.filter((stage) => stage.pipelineId !== pipeline.id || stage.statusId !== id);
                      onChange(isOn ? [...others, { pipelineId: pipeline.id, statusId: id }] : others);
                    }}
                  >
                    {name}
                  </Check>
                ))}
            </div>
          </details>
        );
      })}
    </Group>
  );
}
