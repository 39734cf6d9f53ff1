import { type Account, hostOf } from "../state/account.ts";
import type { World } from "../world.ts";
import type { Integration } from "./integration.ts";
import { type Claims, signOneTimeToken } from "./jwt.ts";

/** What `$authorizedAjax` of the widget sends as X-Auth-Token, good for half an hour. */
export function oneTimeToken(
  world: World,
  account: Account,
  integration: Integration,
  userId: number,
  change: Claims = {},
) {
  const now = world.clock.seconds();
  const { protocol, hostname } = new URL(integration.redirect_uri);
  const is_admin = account.users.get(userId)?.is_admin ?? false;
  const claims = {
    iss: `https://${hostOf(account)}`,
    // Without the port: that is how the vendor's library compares it.
    aud: `${protocol}//${hostname}`,
    jti: crypto.randomUUID(),
    iat: now,
    nbf: now,
    exp: now + 1800,
    account_id: account.id,
    user_id: userId,
    subdomain: account.subdomain,
    client_uuid: integration.client_id,
    ...(world.switches.oneTimeTokenIsAdmin ? { is_admin } : {}),
    ...change,
  };
  return { token: signOneTimeToken(claims, integration.client_secret), claims };
}
