import { z } from "zod";
import { readFieldValues } from "../crm/field-values.ts";
import { type ItemError, notAChoice } from "../crm/invalid-item.ts";
import { checkTags } from "../crm/tagging.ts";
import type { Account } from "../state/account.ts";
import type { EntityType } from "../state/rows.ts";
import { seconds } from "./batch.ts";

const tagRef = z.object({ id: z.int().optional(), name: z.string().optional() });

export const fieldValuesInput = z
  .array(
    z.object({
      field_id: z.int().optional(),
      field_code: z.string().nullish(),
      values: z.array(z.unknown()).nullish(),
    }),
  )
  .nullish();

/** What leads, contacts and companies have in common when they are written. */
export const cardInput = z.object({
  name: z.string().optional(),
  responsible_user_id: z.int().optional(),
  created_by: z.int().optional(),
  updated_by: z.int().optional(),
  created_at: seconds.optional(),
  updated_at: seconds.optional(),
  custom_fields_values: fieldValuesInput,
  tags_to_add: z.array(tagRef).optional(),
  tags_to_delete: z.array(tagRef).optional(),
  _embedded: z.object({ tags: z.array(tagRef).nullish() }).optional(),
});

export function readCard(account: Account, entity: EntityType, input: z.output<typeof cardInput>, errors: ItemError[]) {
  // 0 is the robot.
  for (const name of ["responsible_user_id", "created_by", "updated_by"] as const) {
    const user = input[name];
    if (user && !account.users.has(user)) errors.push(notAChoice(name));
  }
  const replace = input._embedded?.tags;
  checkTags(account, entity, replace ?? [], "_embedded.tags", errors);
  checkTags(account, entity, input.tags_to_add ?? [], "tags_to_add", errors);
  return {
    name: input.name,
    responsible_user_id: input.responsible_user_id,
    created_by: input.created_by,
    updated_by: input.updated_by,
    created_at: input.created_at,
    updated_at: input.updated_at,
    values: readFieldValues(account.fields[entity], input.custom_fields_values ?? [], account.switches, errors),
    tags: { replace, add: input.tags_to_add, delete: input.tags_to_delete },
  };
}
