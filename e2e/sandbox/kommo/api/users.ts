import { z } from "zod";
import { rightsOf } from "../crm/rights.ts";
import { addUser } from "../state/new-account.ts";
import type { Rights, User } from "../state/settings.ts";
import { Answer, type Api } from "./api.ts";
import { parseItem, writeBatch } from "./batch.ts";
import type { Call } from "./call.ts";
import { list } from "./paging.ts";
import { notFound } from "./problem.ts";
import { rightsInput } from "./roles.ts";

const newUserInput = z.object({
  name: z.string(),
  email: z.string(),
  password: z.string(),
  lang: z.string().optional(),
  rights: rightsInput
    .extend({ is_admin: z.boolean().optional(), is_free: z.boolean().optional(), group_id: z.int().nullish() })
    .optional(),
});

/** For administrators only. There is no way to change a user by API. */
export function userRoutes(api: Api): void {
  api.get("/users", (call) => {
    call.adminOnly();
    const users = [...call.account.users.values()];
    return list(call, users, { path: "/users", name: "users", totals: true, render: (user) => renderUser(call, user) });
  });

  api.get("/users/:id", (call) => {
    call.adminOnly();
    const user = call.account.users.get(call.id());
    if (!user) throw notFound();
    return renderUser(call, user);
  });

  api.post("/users", (call) => {
    call.adminOnly();
    const read = (item: unknown) => parseItem(newUserInput, item);
    const users = writeBatch(
      call,
      read,
      (wish, request_id) => {
        const { is_admin, is_free, group_id, ...rights } = wish.rights ?? {};
        const user = addUser(call.account, {
          name: wish.name,
          email: wish.email,
          lang: wish.lang ?? "en",
          is_admin: is_admin ?? false,
          is_free: is_free ?? false,
          group_id: group_id ?? 0,
          rights: rights as Partial<Rights>,
        });
        call.created += 1;
        return { ...renderUser(call, user), request_id };
      },
      10,
    );
    return new Answer(201, { _total_items: users.length, _embedded: { users } });
  });
}

function renderUser(call: Call, user: User): object {
  const { account } = call;
  const role = user.role_id === null ? undefined : account.roles.get(user.role_id);
  const group = account.groups.get(user.group_id);
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    lang: user.lang,
    rights: {
      ...rightsOf(account, user),
      is_admin: user.is_admin,
      is_free: user.is_free,
      is_active: user.is_active,
      group_id: user.group_id || null,
      role_id: user.role_id,
    },
    ...(call.with("uuid") ? { uuid: user.uuid } : {}),
    ...(call.with("amojo_id") ? { amojo_id: user.amojo_id } : {}),
    ...(call.with("phone_number") ? { phone_number: null } : {}),
    ...(call.with("user_rank") ? { user_rank: "newbie" } : {}),
    _links: call.link(`/users/${user.id}`),
    _embedded: {
      roles: role && call.with("role") ? [{ id: role.id, name: role.name }] : [],
      groups: group && call.with("group") ? [{ id: group.id, name: group.name }] : [],
    },
  };
}
