import { Problem } from "../api/problem.ts";
import { hostOf, type Plan } from "../state/account.ts";
import {
  addPipeline,
  addUser,
  type NewAccount,
  type NewPipeline,
  type NewUser,
  newAccount,
} from "../state/new-account.ts";
import type { User } from "../state/settings.ts";
import type { World } from "../world.ts";
import { type AccountRef, findAccount, type InAccount } from "./find.ts";

interface AccountChange {
  account?: AccountRef;
  plan?: Plan;
  scopes?: string[];
  is_paid?: boolean;
  chat_quota?: number;
  timezone_offset?: number;
}

/** What only Kommo itself, or an administrator in its settings, can do. */
export function accountControl(world: World) {
  const show = ({ account: reference }: { account?: AccountRef }) => {
    const account = findAccount(world, reference);
    const { id, subdomain, plan, scopes, is_paid, chat_quota, timezone_offset } = account;
    return {
      ...{ id, subdomain, host: hostOf(account), plan, scopes, is_paid, chat_quota, timezone_offset },
      users: [...account.users.values()].map(({ id, name, is_admin, role_id, group_id }) => ({
        id,
        name,
        is_admin,
        role_id,
        group_id,
      })),
      pipelines: [...account.pipelines.values()].map(({ id, name, statuses }) => ({
        id,
        name,
        statuses: [...statuses.values()].map((status) => ({ id: status.id, name: status.name, type: status.type })),
      })),
      sizes: { leads: account.leads.size, contacts: account.contacts.size, events: account.events.length },
    };
  };

  return {
    create: (wish: NewAccount = {}) => {
      if (wish.subdomain && world.accounts.find(wish.subdomain)) throw new Problem(400, `${wish.subdomain} exists.`);
      return show({ account: world.accounts.add(newAccount(world.shared, wish)).id });
    },
    show,
    list: () => world.accounts.all().map(({ id }) => show({ account: id })),
    change: ({ account: reference, ...change }: AccountChange) => {
      Object.assign(findAccount(world, reference), change);
      return show({ account: reference });
    },
    /** The account moves to another subdomain; its old host name is nobody's from now on. */
    rename: ({ account: reference, subdomain }: { account?: AccountRef; subdomain: string }) => {
      const account = findAccount(world, reference);
      world.accounts.rename(account, subdomain);
      return show({ account: account.id });
    },
    addUser: ({ account, ...wish }: NewUser & { account?: AccountRef }) => addUser(findAccount(world, account), wish),
    changeUser: ({ account, user_id, ...change }: InAccount & Partial<Omit<User, "id">>) => {
      const user = findAccount(world, account).users.get(user_id ?? 0);
      if (!user) throw new Problem(404, `There is no user ${user_id}.`);
      return Object.assign(user, change);
    },
    /** Who has left for good: nothing can be given to him any more. */
    removeUser: ({ account, user_id }: InAccount) => {
      if (!findAccount(world, account).users.delete(user_id ?? 0))
        throw new Problem(404, `There is no user ${user_id}.`);
    },
    addPipeline: ({ account, ...wish }: NewPipeline & { account?: AccountRef }) => {
      const { statuses, ...pipeline } = addPipeline(findAccount(world, account), wish);
      return { ...pipeline, statuses: [...statuses.values()] };
    },
  };
}
