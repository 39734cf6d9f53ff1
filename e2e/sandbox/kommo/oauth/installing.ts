import type { Account } from "../state/account.ts";
import type { World } from "../world.ts";
import { redirectUrl } from "./approval.ts";
import { callInstall, callUninstall, uninstallUrl } from "./callbacks.ts";
import type { Integration } from "./integration.ts";

/** The Install button: the widget is on, and Kommo hands the code over by itself. */
export async function installFromWidget(world: World, account: Account, integration: Integration, userId: number) {
  const approval = { account: account.id, user_id: userId, client_id: integration.client_id, from_widget: true };
  const redirect_url = redirectUrl(world, approval);
  world.widgets.switch(account.id, integration.client_id, true);
  const code = new URL(redirect_url).searchParams.get("code");
  return { redirect_url, code, status: await callInstall(redirect_url) };
}

/** The integration is switched off: its grants end and the signed hook is called. */
export async function uninstall(world: World, account: Account, integration: Integration) {
  const revoked = world.grants.revoke(account, integration);
  world.widgets.switch(account.id, integration.client_id, false);
  if (world.switches.uninstallRemovesWebhooks) {
    for (const hook of account.webhooks.values()) {
      if (hook.client_id === integration.client_id) account.webhooks.delete(hook.destination);
    }
  }
  const url = uninstallUrl(integration, account);
  return { revoked, url: url ?? null, status: url ? await callUninstall(url) : null };
}
