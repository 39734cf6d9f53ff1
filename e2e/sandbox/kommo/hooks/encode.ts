import qs from "qs";
import { type Account, hostOf } from "../state/account.ts";
import type { HookItem } from "./codes.ts";

/** PHP's form encoding: brackets, everything a string, spaces as `+`; nulls and empty lists leave no trace. */
export function encodeForm(body: object): string {
  return qs.stringify(body, { format: "RFC1738", skipNulls: true, arrayFormat: "indices" });
}

/** Items of one body are grouped as `key[action][index]`, after the account they belong to. */
export function hookBody(account: Account, items: readonly HookItem[]): string {
  const owner = { subdomain: account.subdomain, id: account.id, _links: { self: `https://${hostOf(account)}` } };
  const body: Record<string, Record<string, unknown[]>> = {};
  for (const { key, action, item } of items) {
    const actions = body[key] ?? {};
    body[key] = { ...actions, [action]: [...(actions[action] ?? []), item] };
  }
  return encodeForm({ account: owner, ...body });
}
