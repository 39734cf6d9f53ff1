import { Problem } from "../api/problem.ts";
import type { Account } from "../state/account.ts";
import { hostOf } from "../state/account.ts";
import type { World } from "../world.ts";
import type { Integration } from "./integration.ts";

export interface Approval {
  client_id: string;
  account: number | string;
  user_id: number | string;
  state?: string;
  decision?: "allow" | "deny";
  from_widget?: boolean;
}

/** Where Kommo sends the browser (or itself, for an install from the widget) after somebody decided. */
export function redirectUrl(world: World, approval: Approval): string {
  const integration = world.integrations.get(approval.client_id);
  const account = world.accounts.find(approval.account);
  if (!integration || !account) throw new Problem(404, "There is no such integration or account.");
  const url = new URL(integration.redirect_uri);
  if (approval.decision === "deny") url.searchParams.set("error", "access_denied");
  else grant(world, url, integration, account, Number(approval.user_id));
  url.searchParams.set("client_id", integration.client_id);
  // An install from the widget knows no state.
  if (approval.from_widget) url.searchParams.set("from_widget", "1");
  else if (approval.state) url.searchParams.set("state", approval.state);
  return url.href;
}

function grant(world: World, url: URL, integration: Integration, account: Account, userId: number): void {
  if (!account.users.has(userId)) throw new Problem(404, "There is no such user.");
  url.searchParams.set("code", world.grants.authorize(integration, account, userId));
  url.searchParams.set("referer", hostOf(account));
}
