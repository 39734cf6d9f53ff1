import type { Gates } from "@dealscope/shared/gates";
import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { Notice } from "../../ui/notice.tsx";
import { GATES, LISTS } from "../kit/addresses.ts";
import { useAnswer, useKnown } from "../kit/asking.ts";
import { Loaded } from "../kit/box.tsx";
import { mistakesOf } from "../kit/problems.ts";
import { SaveStrip } from "../kit/save-strip.tsx";
import { useSettingsDraft } from "../kit/settings-draft.ts";
import { useIsAdmin } from "../kit/viewer.ts";
import { ClockBox } from "./clock-box.tsx";
import { PipelineBox } from "./pipeline-box.tsx";
import { gatesOf, placeIn, tidy, withGates } from "./rules.ts";
import { TemplateBox } from "./template-box.tsx";

/** What must be so before a deal may enter a stage, pipeline by pipeline. */
export function GatesTab() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const known = useKnown();
  const lists = useAnswer<Lists>(LISTS);
  const inForce = useAnswer<Gates>(GATES);
  const draft = useSettingsDraft("gates", ["gates"], tidy);
  const mistakes = mistakesOf(draft.save.error, words);
  const save = (how: "carefully" | "over") => draft.save.mutate(how, { onSuccess: () => void known.refresh(GATES) });
  return (
    <Loaded query={lists}>
      {(shown) => (
        <Loaded query={draft.query}>
          {(stored) => {
            const gates = draft.value?.gates;
            if (!gates) return null;
            const gone = gates.pipelines.filter(
              ({ pipelineId }) => !shown.pipelines.some(({ id }) => id === pipelineId),
            );
            const pipelines = [
              ...shown.pipelines,
              ...gone.map(({ pipelineId: id }) => ({ id, name: words.t("gone.pipeline", { id }), stages: [] })),
            ];
            return (
              <>
                <p className="dsc-intro dsc-intro--page dsc-quiet">{words.t("gates.lead")}</p>
                {stored.settings.dryRun && (
                  <Notice
                    kind="warning"
                    action={
                      <a className="dsc-link" href="#setup">
                        {words.t("tab.setup")}
                      </a>
                    }
                  >
                    {words.t("gates.dry_run", { page: words.t("tab.setup") })}
                  </Notice>
                )}
                {inForce.data?.nativeLockProblem && (
                  <Notice kind="warning">
                    {words.t("gates.native_refused", { why: inForce.data.nativeLockProblem })}
                  </Notice>
                )}
                <fieldset className="dsc-form-area dsc-page__tab" disabled={!isAdmin}>
                  {pipelines.map((pipeline) => {
                    const index = gates.pipelines.findIndex(({ pipelineId }) => pipelineId === pipeline.id);
                    return (
                      <PipelineBox
                        key={pipeline.id}
                        pipeline={pipeline}
                        isGone={gone.some(({ pipelineId }) => pipelineId === pipeline.id)}
                        value={gatesOf(gates, pipeline.id)}
                        inForce={inForce.data?.pipelines.find(({ pipelineId }) => pipelineId === pipeline.id)}
                        roles={stored.settings.committee.roles}
                        lists={shown}
                        errorOf={(path) => mistakes[`settings.gates.pipelines.${index}.${path}`]}
                        onChange={(part) => draft.change({ gates: withGates(gates, part) })}
                        onRemove={() =>
                          draft.change({
                            gates: {
                              ...gates,
                              pipelines: gates.pipelines.filter(({ pipelineId }) => pipelineId !== pipeline.id),
                            },
                          })
                        }
                      />
                    );
                  })}
                  <ClockBox
                    clock={gates.clock}
                    users={shown.users}
                    errorOf={(path) => mistakes[`settings.gates.clock.${path}`]}
                    onChange={(part) => draft.change({ gates: { ...gates, clock: { ...gates.clock, ...part } } })}
                  />
                  {isAdmin && (
                    <SaveStrip
                      draft={{ ...draft, save: { ...draft.save, mutate: save } }}
                      nameOf={(path) => placeIn(gates, path, shown.pipelines)}
                    />
                  )}
                </fieldset>
                {isAdmin && (
                  <TemplateBox gates={gates} onUse={(part) => draft.change({ gates: withGates(gates, part) })} />
                )}
              </>
            );
          }}
        </Loaded>
      )}
    </Loaded>
  );
}
