import type { GateSettings, PipelineGates } from "@dealscope/shared/committee";
import type { Gates, GateTemplate } from "@dealscope/shared/gates";
import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { GATES, LISTS } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Box, Failure } from "../kit/box.tsx";
import { gatesOf, ruleOf, withRule } from "./rules.ts";

const SOON_MS = 1_000;

interface Props {
  gates: GateSettings;
  /** Takes the pipeline's stages into the rules that are being edited. */
  onUse: (gates: PipelineGates) => void;
}

/** A pipeline of the buying stages, made in Kommo for who does not want to map his own. */
export function TemplateBox({ gates, onUse }: Props) {
  const words = useWords();
  const known = useKnown();
  const inForce = useAnswer<Gates>(GATES, { again: (now) => (now?.template.state === "making" ? SOON_MS : false) });
  const template = inForce.data?.template;
  const madeId = template?.state === "made" ? template.pipelineId : null;
  // What has just been made is in the lists a moment later.
  const lists = useAnswer<Lists>(LISTS, {
    again: (now) => (madeId === null || now?.pipelines.some(({ id }) => id === madeId) ? false : SOON_MS),
  });
  const make = useAction<GateTemplate>(
    (ask) => ask<GateTemplate>(`${GATES}/template`, { method: "POST" }),
    () => void known.refresh(GATES),
  );
  const made = lists.data?.pipelines.find(({ id }) => id === madeId);
  const mapped = template && madeId !== null ? mappedBy(template, gatesOf(gates, madeId)) : undefined;
  const isMapped =
    mapped &&
    template?.stages.every(({ statusId, buyingStage }) => {
      return madeId !== null && ruleOf(gatesOf(gates, madeId), statusId).buyingStage === buyingStage;
    });
  return (
    <Box title={words.t("template.title")} lead={words.t("template.lead")}>
      <div className="dsc-stack">
        {template?.state === "refused" && (
          <Notice kind="error">
            {words.t("template.refused")} {template.problem}
          </Notice>
        )}
        <Failure error={make.error} />
        <div className="dsc-row">
          {made ? (
            <>
              <span role="status">{words.t("template.made", { name: made.name })}</span>
              {!isMapped && mapped && <Button onClick={() => onUse(mapped)}>{words.t("template.use")}</Button>}
            </>
          ) : (
            <Button isBusy={make.isPending || template?.state === "making"} onClick={() => make.mutate()}>
              {words.t("template.make")}
            </Button>
          )}
        </div>
      </div>
    </Box>
  );
}

function mappedBy({ stages }: GateTemplate, gates: PipelineGates): PipelineGates {
  return stages.reduce(
    (all, { statusId, buyingStage }) => withRule(all, { ...ruleOf(all, statusId), buyingStage }),
    gates,
  );
}
