import { readPerson } from "../api/people.ts";
import { Problem } from "../api/problem.ts";
import { mergeContacts } from "../crm/merge.ts";
import { createPerson, deletePerson, type PersonType, updatePerson } from "../crm/people.ts";
import type { Account } from "../state/account.ts";
import type { Person } from "../state/rows.ts";
import type { World } from "../world.ts";
import { type ByHand, byHand } from "./by-hand.ts";
import { findAccount, findUser, type InAccount } from "./find.ts";

interface PersonByHand extends InAccount, ByHand {
  /** `contacts` if left out. */
  entity?: PersonType;
  name?: string;
  responsible_user_id?: number;
}

/** Contacts and companies as a person makes, edits and deletes them. */
export function contactControl(world: World) {
  return {
    create: ({ account: reference, user_id, entity = "contacts", ...wish }: PersonByHand) => {
      const account = findAccount(world, reference);
      const input = readPerson(account, entity, byHand(account, entity, wish));
      return { id: createPerson(account, entity, input, findUser(account, user_id)).id };
    },
    edit: ({ account: reference, user_id, entity = "contacts", id, ...change }: PersonByHand & { id: number }) => {
      const account = findAccount(world, reference);
      const input = readPerson(account, entity, byHand(account, entity, change));
      updatePerson(account, entity, findPerson(account, entity, id), input, findUser(account, user_id));
      return { id };
    },
    remove: ({ account: reference, user_id, entity = "contacts", id }: PersonByHand & { id: number }) => {
      const account = findAccount(world, reference);
      deletePerson(account, entity, findPerson(account, entity, id), findUser(account, user_id));
      return { id };
    },
    /** `id` survives, the others are deleted. */
    merge: ({ account: reference, user_id, id, others }: InAccount & { id: number; others: number[] }) => {
      const account = findAccount(world, reference);
      const merged = others.map((other) => findPerson(account, "contacts", other));
      mergeContacts(account, findPerson(account, "contacts", id), merged, findUser(account, user_id));
      return { id };
    },
  };
}

function findPerson(account: Account, entity: PersonType, id: number): Person {
  const person = account[entity].get(id);
  if (!person) throw new Problem(404, `There is no ${id} among ${entity}.`);
  return person;
}
