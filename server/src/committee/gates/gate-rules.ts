import type { GateSettings, PipelineGates, Role, StageRule } from "@dealscope/shared/committee";
import { Settings } from "@dealscope/shared/settings";
import type { StageRef } from "@dealscope/shared/stage-ref";
import type { Tx } from "../../database/tenancy.ts";
import { type Provisioned, provisioned } from "../../installation/provisioning.ts";

/** An account's rules, and what of the account they speak of. */
export interface AccountRules {
  gates: GateSettings;
  roles: Role[];
  /** Nothing is written into Kommo, so nobody is held. */
  isDryRun: boolean;
  language: string;
  known: Pick<Provisioned, "pipelines" | "leadFields">;
}

export async function readRules(tx: Tx): Promise<AccountRules> {
  const [row] = await tx.query("SELECT settings, provisioned, language FROM account");
  const { gates, committee, dryRun } = Settings.parse(row.settings);
  const { pipelines, leadFields } = provisioned.parse(row.provisioned);
  return { gates, roles: committee.roles, isDryRun: dryRun, language: row.language, known: { pipelines, leadFields } };
}

/** The rules of a pipeline, as far as anybody is held by them. */
export function inForce({ gates, isDryRun }: AccountRules, pipelineId: number): PipelineGates | undefined {
  return isDryRun ? undefined : gates.pipelines.find((one) => one.isOn && one.pipelineId === pipelineId);
}

export function stagesOf({ known }: AccountRules, pipelineId: number) {
  return known.pipelines.find(({ id }) => id === pipelineId)?.statuses ?? [];
}

export function stageExists(rules: AccountRules, { pipelineId, statusId }: StageRef): boolean {
  // Until the first look at the account there is nothing to compare with.
  return rules.known.pipelines.length === 0 || stagesOf(rules, pipelineId).some(({ id }) => id === statusId);
}

/** What a stage asks for; nothing where its rule is broken, so that nobody waits for what cannot come. */
export function ruleOf(rules: AccountRules, { pipelineId, statusId }: StageRef): StageRule | undefined {
  const rule = inForce(rules, pipelineId)?.stages.find((one) => one.statusId === statusId);
  return rule && breaksIn(rules, pipelineId, rule).length === 0 ? rule : undefined;
}

/** Of what a rule needs and is not there any more. One sentence each. */
export function breaksIn(rules: AccountRules, pipelineId: number, rule: StageRule): string[] {
  const { roles, known } = rules;
  const asked = [...new Set([...rule.requiredRoles, ...rule.requiredApprovals, ...rule.wantedRoles])];
  return [
    ...(stageExists(rules, { pipelineId, statusId: rule.statusId })
      ? []
      : ["The stage does not exist in Kommo any more."]),
    ...asked.filter((key) => !roles.some((role) => role.key === key)).map((key) => `There is no role ${key} any more.`),
    ...rule.requiredFieldIds
      .filter((id) => known.leadFields !== null && !known.leadFields.some((field) => field.id === id))
      .map((id) => `The field ${id} does not exist in Kommo any more.`),
  ];
}
