import { z } from "zod";
import type { FieldChange } from "../crm/field-values.ts";
import { type ItemError, notAChoice, refuse } from "../crm/invalid-item.ts";
import type { LeadChange, NewLead } from "../crm/leads.ts";
import { LOST, mainPipeline, WON } from "../crm/leads.ts";
import type { Account } from "../state/account.ts";
import type { Lead } from "../state/rows.ts";
import { parseItem, seconds } from "./batch.ts";
import { cardInput, readCard } from "./card-input.ts";

const leadInput = cardInput.extend({
  price: z.number().optional(),
  status_id: z.int().optional(),
  pipeline_id: z.int().optional(),
  loss_reason_id: z.int().nullish(),
  closed_at: seconds.nullish(),
  visitor_uid: z.string().optional(),
});

const newLeadInput = leadInput.extend({
  _embedded: cardInput.shape._embedded
    .unwrap()
    .extend({
      contacts: z.array(z.object({ id: z.int(), is_main: z.boolean().optional() })).nullish(),
      companies: z
        .array(z.object({ id: z.int() }))
        .max(1)
        .nullish(),
      source: z.object({ external_id: z.string().optional(), type: z.string().optional() }).nullish(),
    })
    .optional(),
});

/** A lead as `POST /leads` takes it. People can be attached only here; later that is a link. */
export function readNewLead(account: Account, item: unknown): NewLead {
  const input = parseItem(newLeadInput, item);
  const errors: ItemError[] = [];
  const change = readLeadFields(account, input, undefined, errors);
  const contacts = input._embedded?.contacts ?? [];
  contacts.forEach(({ id }, index) => {
    if (!account.contacts.get(id)) errors.push(notAChoice(`_embedded.contacts.${index}.id`));
  });
  const company = input._embedded?.companies?.[0];
  if (company && !account.companies.get(company.id)) errors.push(notAChoice("_embedded.companies.0.id"));
  refuse(errors);
  return { ...change, contacts, company_id: company?.id };
}

export function readLeadChange(account: Account, item: unknown, lead: Lead): LeadChange {
  const errors: ItemError[] = [];
  const change = readLeadFields(account, parseItem(leadInput, item), lead, errors);
  refuse(errors);
  return change;
}

function readLeadFields(
  account: Account,
  input: z.output<typeof leadInput>,
  lead: Lead | undefined,
  errors: ItemError[],
): LeadChange {
  const change: LeadChange = {
    ...readCard(account, "leads", input, errors),
    price: input.price,
    pipeline_id: input.pipeline_id,
    closed_at: input.closed_at,
    loss_reason_id: input.loss_reason_id,
    status_id: input.status_id,
  };
  checkStage(account, change, lead, errors);
  if (input.loss_reason_id && !account.lossReasons.has(input.loss_reason_id)) errors.push(notAChoice("loss_reason_id"));
  return change;
}

/** A stage is a pair: without a pipeline it is one of the lead's own, and won and lost exist in every pipeline. */
function checkStage(account: Account, change: LeadChange, lead: Lead | undefined, errors: ItemError[]): void {
  const pipeline = account.pipelines.get(change.pipeline_id ?? lead?.pipeline_id ?? mainPipeline(account).id);
  if (!pipeline) return void errors.push(notAChoice("pipeline_id"));
  if (
    change.pipeline_id !== undefined &&
    lead &&
    change.pipeline_id !== lead.pipeline_id &&
    change.status_id === undefined
  ) {
    change.status_id = [...pipeline.statuses.values()].find((status) => status.type === 0)!.id;
  }
  const { status_id } = change;
  if (status_id === undefined) return;
  if (!pipeline.statuses.has(status_id)) return void errors.push(notAChoice("status_id"));
  const needsPipeline = lead !== undefined && (status_id === WON || status_id === LOST);
  if (needsPipeline && change.pipeline_id === undefined && account.switches.wonLostNeedsPipeline) {
    errors.push({ code: "FieldMissing", path: "pipeline_id", detail: "This field is missing." });
  }
  if (lead && account.switches.requiredStatuses === "enforced") {
    checkRequired(account, lead, { pipeline_id: pipeline.id, status_id }, change.values ?? [], errors);
  }
}

function checkRequired(
  account: Account,
  lead: Lead,
  stage: { pipeline_id: number; status_id: number },
  values: readonly FieldChange[],
  errors: ItemError[],
): void {
  if (stage.status_id === lead.status_id && stage.pipeline_id === lead.pipeline_id) return;
  const written = new Map(values);
  for (const field of account.fields.leads.fields.values()) {
    const isRequired = field.required_statuses.some(
      ({ pipeline_id, status_id }) => pipeline_id === stage.pipeline_id && status_id === stage.status_id,
    );
    const value = written.has(field.id) ? written.get(field.id) : lead.values.get(field.id);
    if (isRequired && !value) {
      errors.push({
        code: "FieldMissing",
        path: `custom_fields_values.${field.id}`,
        detail: "This stage needs a value.",
      });
    }
  }
}
