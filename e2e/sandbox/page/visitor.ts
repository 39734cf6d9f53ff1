import type { FastifyRequest } from "fastify";
import { Problem } from "../kommo/api/problem.ts";
import type { Account } from "../kommo/state/account.ts";
import type { User } from "../kommo/state/settings.ts";
import type { World } from "../kommo/world.ts";
import { cookiesOf, type Theme, themeOf } from "./cookies.ts";

export interface Visitor {
  account: Account;
  user: User;
  theme: Theme;
}

/**
 * Who has the page open: the account of the host name (`acme.localhost`), or the first one; in it the user of the
 * cookie, or the first administrator. Nobody needs a password here.
 * @throws Problem 404 while there is no account
 */
export function visitorOf(world: World, request: FastifyRequest): Visitor {
  const account = request.kommo.isLost ? undefined : (request.kommo.account ?? world.accounts.all()[0]);
  if (!account) throw new Problem(404, "Account not found");
  const cookies = cookiesOf(request);
  const users = [...account.users.values()];
  const user = account.users.get(Number(cookies.sandbox_user)) ?? users.find((one) => one.is_admin) ?? users[0];
  if (!user) throw new Problem(404, "This account has no users.");
  return { account, user, theme: themeOf(request) };
}
