import { Problem } from "../api/problem.ts";
import type { Integration } from "../oauth/integration.ts";
import type { Account } from "../state/account.ts";
import type { Lead } from "../state/rows.ts";
import type { World } from "../world.ts";

/** An account by id or subdomain; may be left out while there is only one. */
export type AccountRef = number | string | undefined;

export interface InAccount {
  account?: number | string;
  /** Who does it; the first administrator if left out. */
  user_id?: number;
}

export function findAccount(world: World, reference: AccountRef): Account {
  const all = world.accounts.all();
  const account = reference === undefined ? (all.length === 1 ? all[0] : undefined) : world.accounts.find(reference);
  if (!account) throw new Problem(404, `There is no account ${reference ?? "(name one: there is not exactly one)"}.`);
  return account;
}

export function findUser(account: Account, id: number | undefined): number {
  if (id === 0) return 0;
  const users = [...account.users.values()];
  const user = id === undefined ? users.find((one) => one.is_admin) : account.users.get(id);
  if (!user) throw new Problem(404, `There is no user ${id ?? "who is an administrator"}.`);
  return user.id;
}

export function findLead(account: Account, id: number): Lead {
  const lead = account.leads.get(id);
  if (!lead) throw new Problem(404, `There is no lead ${id}.`);
  return lead;
}

export function findIntegration(world: World, clientId: string | undefined): Integration {
  const all = [...world.integrations.values()];
  const integration = clientId === undefined ? all[0] : world.integrations.get(clientId);
  if (!integration) throw new Problem(404, `There is no integration ${clientId ?? "yet"}.`);
  return integration;
}
