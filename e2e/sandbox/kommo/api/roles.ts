import { z } from "zod";
import { rightsOfLevel } from "../state/defaults.ts";
import type { Rights, Role } from "../state/settings.ts";
import type { Api } from "./api.ts";
import { parseItem, writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { list, written } from "./paging.ts";
import { notFound } from "./problem.ts";

const level = z.enum(["A", "G", "M", "D"]);
const card = z.object({ view: level, edit: level, add: level, delete: level, export: level });
const stage = z.object({
  entity_type: z.literal("leads"),
  pipeline_id: z.int(),
  status_id: z.int(),
  rights: z.object({ view: level, edit: level, delete: level, export: level.optional() }),
});

export const rightsInput = z
  .object({
    leads: card,
    contacts: card,
    companies: card,
    tasks: z.object({ edit: level, delete: level }),
    mail_access: z.boolean(),
    catalog_access: z.boolean(),
    status_rights: z.array(stage).nullable(),
  })
  .partial();

const roleInput = z.object({ name: z.string(), rights: rightsInput });

/** A role's `status_rights` are the only native gate at a stage, and administrators are not bound by it. */
export function roleRoutes(api: Api): void {
  api.get("/roles", (call) => {
    call.adminOnly();
    const roles = [...call.account.roles.values()];
    return list(call, roles, { path: "/roles", name: "roles", totals: true, render: (role) => renderRole(call, role) });
  });

  api.get("/roles/:id", (call) => {
    call.adminOnly();
    return renderRole(call, roleOf(call));
  });

  api.post("/roles", (call) => {
    call.adminOnly();
    const roles = writeBatch(
      call,
      (item) => parseItem(roleInput, item),
      (wish, request_id) => {
        const rights = { ...rightsOfLevel("A"), ...wish.rights } as Rights;
        const role: Role = { id: call.account.ids.next("role"), name: wish.name, rights };
        call.account.roles.set(role.id, role);
        call.created += 1;
        return { ...renderRole(call, role), request_id };
      },
    );
    return { _total_items: roles.length, ...written(call, "/roles", "roles", roles) };
  });

  api.patch("/roles/:id", (call) => {
    call.adminOnly();
    const role = roleOf(call);
    return writeOne(
      call,
      (item) => parseItem(roleInput.partial(), item),
      (change) => {
        role.name = change.name ?? role.name;
        role.rights = { ...role.rights, ...change.rights } as Rights;
        return renderRole(call, role);
      },
    );
  });
}

function roleOf(call: Call): Role {
  const role = call.account.roles.get(call.id());
  if (!role) throw notFound();
  return role;
}

function renderRole(call: Call, role: Role): object {
  const users = [...call.account.users.values()].filter((user) => user.role_id === role.id).map((user) => user.id);
  return { ...role, _links: call.link(`/roles/${role.id}`), _embedded: { users } };
}
