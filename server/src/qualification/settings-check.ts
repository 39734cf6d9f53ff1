import type { InputIssue } from "@dealscope/shared/api-error";
import type { Settings } from "@dealscope/shared/settings";
import { CLOSED, type StageRef } from "@dealscope/shared/stage-ref";
import type { Tx } from "../database/tenancy.ts";
import type { AccountEntity } from "../installation/account.entity.ts";
import { provisioned } from "../installation/provisioning.ts";
import { countryOfNumbers } from "../leads/contact-address.ts";

/**
 * What settings name that the account does not have: segments of no version of the prompt, stages and users that Kommo has
 * not told of. Somebody who has left is still known. One sentence each; `path` is where it stands in the settings.
 */
export async function unknownIn(tx: Tx, account: AccountEntity, settings: Settings): Promise<InputIssue[]> {
  const [known] = await tx.query(
    `SELECT ARRAY(SELECT DISTINCT s->>'key' FROM prompt_version, jsonb_array_elements(content->'segments') s) AS segments,
            ARRAY(SELECT user_id FROM kommo_user) AS users`,
  );
  const segments = new Set<string>(known.segments);
  const users = new Set<number>(known.users.map(Number));
  const { pipelines } = provisioned.parse(account.provisioned);
  const stageIssue = (path: string, stage: StageRef | null): InputIssue[] => {
    // Until the first look at the account's pipelines there is nothing to compare with.
    if (stage === null || pipelines.length === 0) return [];
    const pipeline = pipelines.find(({ id }) => id === stage.pipelineId);
    if (!pipeline) return [{ path, message: `There is no pipeline ${stage.pipelineId} in this account.` }];
    if (pipeline.statuses.some(({ id }) => id === stage.statusId)) return [];
    return [{ path, message: `There is no stage ${stage.statusId} in the pipeline ${pipeline.name}.` }];
  };
  const { pipelineId, statusId, responsibleUserId, country } = settings.intake;
  const intakePipeline =
    pipelines.find(({ id }) => id === pipelineId) ?? (pipelineId === null ? pipelines[0] : undefined);
  const beginning = intakePipeline?.statuses.find(({ id }) => id === statusId);
  return [
    ...(pipelineId === null || pipelines.length === 0 || intakePipeline
      ? []
      : [{ path: "intake.pipelineId", message: `There is no pipeline ${pipelineId} in this account.` }]),
    ...(statusId === null || !intakePipeline
      ? []
      : stageIssue("intake.statusId", { pipelineId: intakePipeline.id, statusId })),
    ...(beginning && (beginning.incoming || CLOSED.includes(beginning.id))
      ? [{ path: "intake.statusId", message: `A new deal cannot begin in ${beginning.name}; choose an open stage.` }]
      : []),
    ...(country === null || countryOfNumbers(country, null) !== undefined
      ? []
      : [{ path: "intake.country", message: `There is no country ${country} whose phone numbers are known.` }]),
    ...(responsibleUserId === null || users.has(responsibleUserId)
      ? []
      : [{ path: "intake.responsibleUserId", message: `There is no user ${responsibleUserId} in this account.` }]),
    ...settings.triggers.pipelineIds.flatMap((id, index): InputIssue[] =>
      pipelines.length === 0 || pipelines.some((pipeline) => pipeline.id === id)
        ? []
        : [{ path: `triggers.pipelineIds.${index}`, message: `There is no pipeline ${id} in this account.` }],
    ),
    ...settings.triggers.onStages.flatMap((stage, index) => stageIssue(`triggers.onStages.${index}`, stage)),
    ...Object.entries(settings.actions).flatMap(([key, { assign, moveTo }]): InputIssue[] => {
      const path = `actions.${key}`;
      const named = assign === null ? [] : assign.how === "fixed" ? [assign.userId] : assign.userIds;
      return [
        ...(segments.has(key)
          ? []
          : [{ path, message: `There is no segment ${key}, so nothing can be done with its leads.` }]),
        ...stageIssue(`${path}.moveTo`, moveTo),
        ...named
          .filter((id) => !users.has(id))
          .map((id) => ({ path: `${path}.assign`, message: `There is no user ${id} in this account.` })),
      ];
    }),
  ];
}
