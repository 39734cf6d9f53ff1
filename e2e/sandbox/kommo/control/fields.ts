import { changeField, createField, readField, readFieldChange } from "../api/field-definition.ts";
import { Problem } from "../api/problem.ts";
import type { Account } from "../state/account.ts";
import type { EntityType } from "../state/rows.ts";
import type { CustomField } from "../state/settings.ts";
import type { World } from "../world.ts";
import { findAccount, type InAccount } from "./find.ts";

type InFields = InAccount & { entity?: EntityType };

/** What an administrator does to the fields in Kommo's settings, deleting included. */
export function fieldControl(world: World) {
  return {
    list: ({ account, entity = "leads" }: InFields) => [...findAccount(world, account).fields[entity].fields.values()],
    create: ({ account: reference, user_id: _, entity = "leads", ...wish }: InFields & Record<string, unknown>) => {
      const account = findAccount(world, reference);
      const set = account.fields[entity];
      return createField(account, set, readField(account, entity, set, wish));
    },
    edit: ({
      account: reference,
      user_id: _,
      entity = "leads",
      id,
      ...change
    }: InFields & { id: number | string } & Record<string, unknown>) => {
      const account = findAccount(world, reference);
      const field = findField(account, entity, id);
      changeField(account, field, readFieldChange(entity, change));
      return field;
    },
    remove: ({ account: reference, entity = "leads", id }: InFields & { id: number | string }) => {
      const account = findAccount(world, reference);
      const field = findField(account, entity, id);
      account.fields[entity].fields.delete(field.id);
      return { id: field.id };
    },
  };
}

/** By id or by code. */
function findField(account: Account, entity: EntityType, id: number | string): CustomField {
  const field = [...account.fields[entity].fields.values()].find((one) => one.id === id || one.code === id);
  if (!field) throw new Problem(404, `There is no field ${id}.`);
  return field;
}
