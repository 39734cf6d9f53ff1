import { z } from "zod";
import { KommoRejected, KommoUnauthorized } from "./errors.ts";
import { send } from "./http.ts";

/** The integration as it is entered in Kommo. */
export interface Integration {
  clientId: string;
  /** The valid one first; a second one while the secret is being changed. */
  clientSecrets: readonly string[];
  redirectUri: string;
}

const tokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.number().positive(),
});

export interface TokenPair {
  access: string;
  refresh: string;
  expiresAt: Date;
}

/** Kommo refused the code or refresh token for good: somebody has to authorise again. */
export class GrantRefused extends Error {}

const TIMEOUT_MS = 10_000;

export function exchangeCode(origin: string, integration: Integration, code: string): Promise<TokenPair> {
  return askForTokens(origin, integration, { grant_type: "authorization_code", code });
}

export function refreshTokens(origin: string, integration: Integration, refreshToken: string): Promise<TokenPair> {
  return askForTokens(origin, integration, { grant_type: "refresh_token", refresh_token: refreshToken });
}

/**
 * POSTs to the account's own host. The client secret leaves here, so the caller has checked the host.
 * @throws GrantRefused on a definite no; KommoUnavailable when it may be tried again
 */
async function askForTokens(
  origin: string,
  integration: Integration,
  grant: Record<string, string>,
): Promise<TokenPair> {
  const ask = async (secret: string) => {
    const body = {
      client_id: integration.clientId,
      client_secret: secret,
      redirect_uri: integration.redirectUri,
      ...grant,
    };
    const answer = await send({
      method: "POST",
      url: `${origin}/oauth2/access_token`,
      headers: {},
      body,
      timeoutMs: TIMEOUT_MS,
    });
    const { access_token, refresh_token, expires_in } = tokens.parse(answer);
    return { access: access_token, refresh: refresh_token, expiresAt: new Date(Date.now() + expires_in * 1000) };
  };
  let refusal: Error | undefined;
  for (const secret of integration.clientSecrets) {
    try {
      return await ask(secret);
    } catch (error) {
      if (!(error instanceof KommoRejected || error instanceof KommoUnauthorized)) throw error;
      refusal = error;
    }
  }
  throw new GrantRefused(refusal?.message ?? "No client secret is configured.");
}

const whereabouts = z.object({ id: z.number().int(), domain: z.string() });

/**
 * Where an account that was renamed or moved lives now.
 * @param apiOrigin the shared API host named in the access token
 */
export async function findAccount(apiOrigin: string, refreshToken: string): Promise<{ id: number; host: string }> {
  const answer = await send({
    method: "GET",
    url: `${apiOrigin}/oauth2/account/current/subdomain`,
    headers: { "x-refresh-token": refreshToken },
    timeoutMs: TIMEOUT_MS,
  });
  const { id, domain } = whereabouts.parse(answer);
  return { id, host: domain };
}

/** Hints from an access token. It is signed with a key nobody publishes, so nothing here is proof. */
export function hintsIn(accessToken: string): { apiDomain?: string | undefined; scopes: string[] } {
  try {
    const payload = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString("utf8"));
    const hints = z.object({ api_domain: z.string().optional(), scopes: z.array(z.string()).catch([]) }).parse(payload);
    return { apiDomain: hints.api_domain, scopes: hints.scopes };
  } catch {
    return { scopes: [] };
  }
}
