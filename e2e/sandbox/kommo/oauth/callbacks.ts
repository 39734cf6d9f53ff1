import { createHmac } from "node:crypto";
import { call } from "../../post.ts";
import type { Account } from "../state/account.ts";
import type { Integration } from "./integration.ts";

const USER_AGENT = "amoService-oAuth-Code-Sender/1.0";

/** Pressing Install makes Kommo call the redirect URI once: 3 seconds, whatever the status, never again. */
export function callInstall(url: string): Promise<number> {
  return call({ method: "GET", url, headers: { "User-Agent": USER_AGENT }, timeoutMs: 3000 });
}

/** Signed, but without time or nonce: anybody who saw it once can replay it. */
export function uninstallUrl(integration: Integration, account: Account): string | undefined {
  if (!integration.uninstall_url) return undefined;
  const message = `${integration.client_id}|${account.id}`;
  const url = new URL(integration.uninstall_url);
  url.searchParams.set("client_uuid", integration.client_id);
  url.searchParams.set("account_id", String(account.id));
  url.searchParams.set("signature", createHmac("sha256", integration.client_secret).update(message).digest("hex"));
  return url.href;
}

export function callUninstall(url: string): Promise<number> {
  return call({ method: "GET", url, headers: { "User-Agent": USER_AGENT }, timeoutMs: 3000 });
}
