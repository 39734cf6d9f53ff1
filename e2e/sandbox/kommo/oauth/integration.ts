import { randomBytes } from "node:crypto";

export interface Integration {
  client_id: string;
  /** Signs uninstall hooks and one-time tokens too. */
  client_secret: string;
  redirect_uri: string;
  uninstall_url: string | null;
}

export function newIntegration(wish: Partial<Integration> = {}): Integration {
  return {
    client_id: wish.client_id ?? crypto.randomUUID(),
    // 64 bytes: what the vendor's own library asks of an HS512 secret.
    client_secret: wish.client_secret ?? randomBytes(48).toString("base64url"),
    redirect_uri: wish.redirect_uri ?? "http://127.0.0.1/oauth/callback",
    uninstall_url: wish.uninstall_url ?? null,
  };
}
