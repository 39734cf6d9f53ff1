import { redirectUrl } from "../oauth/approval.ts";
import { callUninstall, uninstallUrl } from "../oauth/callbacks.ts";
import { installFromWidget, uninstall } from "../oauth/installing.ts";
import { type Integration, newIntegration } from "../oauth/integration.ts";
import { oneTimeToken } from "../oauth/one-time-token.ts";
import type { World } from "../world.ts";
import { findAccount, findIntegration, findUser, type InAccount } from "./find.ts";

interface GrantWish extends InAccount {
  client_id?: string;
  state?: string;
  mode?: "popup" | "post_message";
  decision?: "allow" | "deny";
  /** Kommo itself calls the redirect URI, as for the Install button of the widget. */
  from_widget?: boolean;
}

interface Granted {
  redirect_url: string;
  code: string | null;
  /** What the called server answered. */
  status?: number;
}

type Meant = InAccount & { client_id?: string };

export function oauthControl(world: World) {
  const meant = ({ account: reference, user_id, client_id }: Meant) => {
    const account = findAccount(world, reference);
    return { account, user: findUser(account, user_id), integration: findIntegration(world, client_id) };
  };

  return {
    /** Makes an integration, or changes the one with this client_id. */
    integration: (wish: Partial<Integration> = {}) => {
      const known = wish.client_id ? world.integrations.get(wish.client_id) : undefined;
      const integration = known ? Object.assign(known, wish) : newIntegration(wish);
      world.integrations.set(integration.client_id, integration);
      return integration;
    },

    integrations: () => [...world.integrations.values()],

    /** A person allows (or denies) it. Answers where the browser goes, or what the called server answered. */
    grant: async (wish: GrantWish): Promise<Granted> => {
      const { account, user, integration } = meant(wish);
      if (wish.from_widget) return installFromWidget(world, account, integration, user);
      const approval = { ...wish, account: account.id, user_id: user, client_id: integration.client_id };
      const redirect_url = redirectUrl(world, approval);
      return { redirect_url, code: new URL(redirect_url).searchParams.get("code") };
    },

    longLivedToken: (wish: Meant & { days?: number }) => {
      const { account, user, integration } = meant(wish);
      return { access_token: world.grants.longLived(integration, account, user, wish.days ?? 365) };
    },

    /** What `$authorizedAjax` of the widget sends as X-Auth-Token. */
    oneTimeToken: (wish: Meant & { claims?: Record<string, unknown> }) => {
      const { account, user, integration } = meant(wish);
      return oneTimeToken(world, account, integration, user, wish.claims);
    },

    /** An administrator switches the integration off: its grants end and the signed hook is called. */
    uninstall: async (wish: Meant) => {
      const { account, integration } = meant(wish);
      return uninstall(world, account, integration);
    },

    /** One user's access (or everybody's) is revoked; the same hook is called. */
    revoke: async (wish: Meant & { silently?: boolean }) => {
      const { account, integration } = meant(wish);
      const revoked = world.grants.revoke(account, integration, wish.user_id);
      const url = wish.silently ? undefined : uninstallUrl(integration, account);
      return { revoked, status: url ? await callUninstall(url) : null };
    },

    /** A new secret key ends all grants, unless the box of public integrations is ticked. */
    rotateSecret: ({ client_id, keepGrants }: { client_id?: string; keepGrants?: boolean }) => {
      const integration = findIntegration(world, client_id);
      integration.client_secret = newIntegration().client_secret;
      if (!keepGrants) for (const account of world.accounts.all()) world.grants.revoke(account, integration);
      return integration;
    },
  };
}
