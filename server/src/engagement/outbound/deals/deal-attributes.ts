import type { FieldMapping } from "@dealscope/shared/engagement";
import { LOST, type StageRef, WON } from "@dealscope/shared/stage-ref";
import type { Provisioned } from "../../../installation/provisioning.ts";
import type { Lead } from "../../../kommo/resources.ts";
import { type Attributes, textValue } from "./attribute.ts";
import { type MappedValues, mappedValues } from "./mapped-values.ts";

/** A deal as it is told, beside what stands on its card. */
export interface Deal {
  lead: Lead;
  pipelines: Provisioned["pipelines"];
  currency: string;
  /** The responsible user's name. */
  owner: string | null;
  segment: string | null;
  score: number | null;
}

/** What is told of a deal besides its id, under names without a prefix; a role is a person's in it. */
export function dealAttributes(deal: Deal, mappings: readonly FieldMapping[], role: string | null): MappedValues {
  const { lead, currency, owner, segment, score } = deal;
  const mapped = mappedValues(lead.custom_fields_values, mappings, "lead");
  const at = { pipelineId: lead.pipeline_id, statusId: lead.status_id };
  const own: Attributes = {
    name: textValue(lead.name),
    ...stageAttributes(deal.pipelines, at),
    price: lead.price_with_minor_units ?? lead.price,
    currency,
    owner: owner && textValue(owner),
    created_at: seconds(lead.created_at),
    updated_at: seconds(lead.updated_at),
    role,
    segment,
    score,
  };
  return { attributes: { ...mapped.attributes, ...own }, problems: mapped.problems };
}

/** As the account calls them now. */
export function stageAttributes(pipelines: Provisioned["pipelines"], { pipelineId, statusId }: StageRef): Attributes {
  const pipeline = pipelines.find(({ id }) => id === pipelineId);
  const stage = pipeline?.statuses.find(({ id }) => id === statusId);
  return {
    stage: stage ? textValue(stage.name) : null,
    stage_id: statusId,
    pipeline: pipeline ? textValue(pipeline.name) : null,
    pipeline_id: pipelineId,
    status: statusId === WON ? "won" : statusId === LOST ? "lost" : "open",
  };
}

/** An event or an object tells which deal it is of by this name, whatever the prefix of a person's attributes. */
export function namedDeal(leadId: number, attributes: Attributes): Attributes {
  return { ...attributes, deal_id: leadId };
}

export function seconds(time: Date | null): number | null {
  return time && Math.floor(time.getTime() / 1000);
}
