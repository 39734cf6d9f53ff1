import type { Gates, GateTemplate } from "@dealscope/shared/gates";
import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { type Provisioned, provisioned } from "../../installation/provisioning.ts";
import { type AccountRules, breaksIn, readRules } from "./gate-rules.ts";
import { PIPELINE_TEMPLATE } from "./pipeline-template.work.ts";

interface State {
  provisioned: Record<string, unknown>;
  is_making: boolean;
  active: string[];
  names: Record<string, string>;
  held: { pipelineId: number; statusId: number; deals: number }[];
}

/** What an administrator sees of the rules besides what he has set. */
@Injectable()
export class GatesView {
  constructor(private readonly tenancy: Tenancy) {}

  of(accountId: number): Promise<Gates> {
    return this.tenancy.run(accountId, async (tx) => {
      const rules = await readRules(tx);
      const state = await readState(tx);
      const made = provisioned.parse(state.provisioned);
      const gone = userGone(state);
      return {
        pipelines: pipelinesOf(rules, state),
        clockBroken: [rules.gates.clock.escalateToId].flatMap((id) => (id === null ? [] : gone(id))),
        nativeLockProblem: made.nativeLock.problem,
        template: templateOf(made, state.is_making),
      };
    });
  }
}

function pipelinesOf(rules: AccountRules, state: State): Gates["pipelines"] {
  const gone = userGone(state);
  const heldIn = (pipelineId: number, statusId?: number) =>
    state.held
      .filter((one) => one.pipelineId === pipelineId && (statusId === undefined || one.statusId === statusId))
      .reduce((sum, { deals }) => sum + deals, 0);
  return rules.gates.pipelines.map(({ pipelineId, isOn, stages, overrulerIds }) => {
    const pipeline = rules.known.pipelines.find(({ id }) => id === pipelineId);
    const isGone = rules.known.pipelines.length > 0 && !pipeline;
    return {
      ...{ pipelineId, name: pipeline?.name ?? null, isOn, held: heldIn(pipelineId) },
      broken: [...(isGone ? ["The pipeline does not exist in Kommo any more."] : []), ...overrulerIds.flatMap(gone)],
      stages: stages.map((rule) => ({
        statusId: rule.statusId,
        name: pipeline?.statuses.find(({ id }) => id === rule.statusId)?.name ?? null,
        buyingStage: rule.buyingStage,
        held: heldIn(pipelineId, rule.statusId),
        broken: breaksIn(rules, pipelineId, rule),
      })),
    };
  });
}

/** Administrators can still overrule and are still told, so a rule goes on without him. */
function userGone({ active, names }: State) {
  return (id: number): string[] =>
    active.map(Number).includes(id) ? [] : [`${names[id] ?? `User ${id}`} does not work in this account any more.`];
}

function templateOf({ pipelineTemplate }: Provisioned, isMaking: boolean): GateTemplate {
  if (isMaking) return { state: "making", pipelineId: null, stages: [], problem: null };
  if (!pipelineTemplate) return { state: "none", pipelineId: null, stages: [], problem: null };
  return { state: pipelineTemplate.problem === null ? "made" : "refused", ...pipelineTemplate };
}

async function readState(tx: Tx): Promise<State> {
  const [row] = await tx.query(
    `SELECT provisioned,
            EXISTS (SELECT FROM work WHERE kind = $1 AND state = 'open') AS is_making,
            ARRAY(SELECT user_id FROM kommo_user WHERE is_active) AS active,
            (SELECT coalesce(jsonb_object_agg(user_id, name), '{}') FROM kommo_user) AS names,
            (SELECT coalesce(jsonb_agg(h), '[]') FROM (
               SELECT wanted_pipeline_id AS "pipelineId", wanted_status_id AS "statusId", count(*) AS deals
                 FROM hold WHERE ended_at IS NULL GROUP BY 1, 2) h) AS held
       FROM account`,
    [PIPELINE_TEMPLATE],
  );
  return row;
}
