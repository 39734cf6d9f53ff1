import { z } from "zod";
import { SINGULAR } from "../crm/card-changes.ts";
import { InvalidItem, type ItemError, notAChoice, refuse } from "../crm/invalid-item.ts";
import { createPerson, type PersonChange, type PersonType, updatePerson } from "../crm/people.ts";
import { may, mayAdd } from "../crm/rights.ts";
import type { Account } from "../state/account.ts";
import type { Person } from "../state/rows.ts";
import type { Api } from "./api.ts";
import { parseItem, writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { cardInput, readCard } from "./card-input.ts";
import {
  matchesQuery,
  renderElements,
  renderLinked,
  renderTags,
  renderValues,
  visibleCard,
  visibleCards,
} from "./cards.ts";
import { inOrder } from "./filter.ts";
import { list, written } from "./paging.ts";
import { forbidden, notFound } from "./problem.ts";

const personInput = cardInput.extend({ first_name: z.string().optional(), last_name: z.string().optional() });

/** `/contacts` and `/companies`: companies mirror contacts. */
export function peopleRoutes(api: Api, entity: PersonType): void {
  const path = `/${entity}`;

  api.get(path, (call) => {
    const rows = visibleCards(call, entity, call.account[entity]).filter((person) => matchesQuery(call, person));
    const sorted = inOrder(call, rows, ["updated_at", "id"]);
    return list(call, sorted, { path, name: entity, render: (person) => renderPerson(call, entity, person) });
  });

  api.get(`${path}/:id`, (call) => {
    const person = visibleCard(call, entity, call.account[entity]);
    return person && renderPerson(call, entity, person);
  });

  api.post(path, (call) => {
    if (!mayAdd(call.account, call.user, entity)) throw forbidden();
    const rows = writeBatch(
      call,
      (item) => readPerson(call.account, entity, item),
      (wish, request_id) => {
        const person = createPerson(call.account, entity, wish, call.user.id);
        call.created += 1;
        return { ...thin(call, entity, person), request_id };
      },
    );
    return written(call, path, entity, rows);
  });

  api.patch(path, (call) => {
    const rows = writeBatch(
      call,
      (item) => readChange(call, entity, item),
      (change, request_id) => ({ ...change(), request_id }),
    );
    return written(call, path, entity, rows);
  });

  api.patch(`${path}/:id`, (call) => {
    const person = call.account[entity].get(call.id());
    if (!person || person.is_deleted) throw notFound();
    const row = writeOne(
      call,
      (item) => readChange(call, entity, item),
      (change) => change(),
      person.id,
    );
    return call.account.switches.singlePatch === "bare" ? row : written(call, path, entity, [row]);
  });
}

function readChange(call: Call, entity: PersonType, item: unknown): () => object {
  const { account, user } = call;
  const id = typeof item === "object" && item !== null && "id" in item ? Number(item.id) : Number.NaN;
  const person = account[entity].get(id);
  if (!person || person.is_deleted) throw new InvalidItem([notAChoice("id")]);
  const change = readPerson(account, entity, item);
  if (!may(account, user, "edit", entity, person)) throw forbidden();
  return () => {
    updatePerson(account, entity, person, change, user.id);
    return { ...thin(call, entity, person), updated_at: person.updated_at };
  };
}

export function readPerson(account: Account, entity: PersonType, item: unknown): PersonChange {
  const input = parseItem(personInput, item);
  const errors: ItemError[] = [];
  const change = readCard(account, entity, input, errors);
  refuse(errors);
  return { ...change, first_name: input.first_name, last_name: input.last_name };
}

function thin(call: Call, entity: PersonType, { id, name, is_deleted, is_unsorted }: Person): object {
  return { id, name, is_deleted, is_unsorted, _links: call.link(`/${entity}/${id}`) };
}

function renderPerson(call: Call, entity: PersonType, person: Person): object {
  const isContact = SINGULAR[entity] === "contact";
  const linked = (to: "leads" | "contacts" | "companies") => renderLinked(call, entity, person.id, to);
  return {
    id: person.id,
    name: person.name,
    ...(isContact ? { first_name: person.first_name, last_name: person.last_name } : {}),
    responsible_user_id: person.responsible_user_id,
    group_id: person.group_id,
    created_by: person.created_by,
    updated_by: person.updated_by,
    created_at: person.created_at,
    updated_at: person.updated_at,
    closest_task_at: person.closest_task_at,
    is_deleted: person.is_deleted,
    ...(isContact ? { is_unsorted: person.is_unsorted } : {}),
    custom_fields_values: renderValues(call.account.fields[entity], person.values),
    account_id: call.account.id,
    _links: call.link(`/${entity}/${person.id}`),
    _embedded: {
      tags: renderTags(call.account, entity, person.tags),
      ...(isContact ? { companies: linked("companies") } : {}),
      ...(call.with("leads") ? { leads: linked("leads") } : {}),
      ...(!isContact && call.with("contacts") ? { contacts: linked("contacts") } : {}),
      ...(call.with("customers") ? { customers: [] } : {}),
      ...(call.with("catalog_elements") ? { catalog_elements: renderElements(call, entity, person.id) } : {}),
    },
  };
}
