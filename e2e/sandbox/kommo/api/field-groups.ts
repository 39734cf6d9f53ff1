import { z } from "zod";
import type { EntityType } from "../state/rows.ts";
import type { FieldGroup } from "../state/settings.ts";
import { Answer, type Api } from "./api.ts";
import { parseItem, writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { ENTITY_TYPES } from "./cards.ts";
import { list } from "./paging.ts";
import { notFound, Problem } from "./problem.ts";

const groupInput = z.object({ name: z.string().min(1), sort: z.int().optional() });

/** The tabs that fields stand on; their ids are texts. */
export function fieldGroupRoutes(api: Api): void {
  for (const entity of ENTITY_TYPES) {
    const path = `/${entity}/custom_fields/groups`;
    const render = (call: Call, group: FieldGroup) => renderGroup(call, entity, group);

    api.get(path, (call) => {
      const groups = [...call.account.fields[entity].groups.values()];
      return list(call, groups, {
        path,
        name: "custom_field_groups",
        totals: true,
        render: (group) => render(call, group),
      });
    });

    api.get(`${path}/:id`, (call) => render(call, groupOf(call, entity)));

    api.post(path, (call) => {
      call.adminOnly();
      const rows = writeBatch(
        call,
        (item) => parseItem(groupInput, item),
        (wish, request_id) => {
          const id = `${entity}_${String(call.account.ids.next("fieldGroup")).padStart(14, "0")}`;
          const group = { id, name: wish.name, sort: wish.sort ?? 10, is_predefined: false };
          call.account.fields[entity].groups.set(id, group);
          call.created += 1;
          return { ...render(call, group), request_id };
        },
      );
      return new Answer(201, { _total_items: rows.length, _embedded: { custom_field_groups: rows } });
    });

    api.patch(`${path}/:id`, (call) => {
      call.adminOnly();
      const group = groupOf(call, entity);
      return writeOne(
        call,
        (item) => parseItem(groupInput.partial(), item),
        (change) => {
          group.name = change.name ?? group.name;
          group.sort = change.sort ?? group.sort;
          return render(call, group);
        },
      );
    });

    api.delete(`${path}/:id`, (call) => {
      call.adminOnly();
      const group = groupOf(call, entity);
      if (group.is_predefined) throw new Problem(400, "This group cannot be deleted.");
      call.account.fields[entity].groups.delete(group.id);
      for (const field of call.account.fields[entity].fields.values()) {
        if (field.group_id === group.id) field.group_id = null;
      }
      return undefined;
    });
  }
}

function groupOf(call: Call, entity: EntityType): FieldGroup {
  const group = call.account.fields[entity].groups.get(call.params.id ?? "");
  if (!group) throw notFound();
  return group;
}

function renderGroup(call: Call, entity: EntityType, group: FieldGroup): object {
  const fields = [...call.account.fields[entity].fields.values()].filter((field) => field.group_id === group.id);
  return {
    ...group,
    type: "static",
    entity_type: entity,
    fields: fields.map((field) => field.id),
    _links: call.link(`/${entity}/custom_fields/groups/${group.id}`),
  };
}
