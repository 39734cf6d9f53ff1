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

/**
 * Kommo refused, and not because of the grant: a wrong secret or redirect URI, mostly. The operator's to mend, and no
 * reason to disconnect anybody.
 */
export class IntegrationRefused extends Error {
  override readonly name = "IntegrationRefused";
  readonly unavailable = true;
  readonly retryAfterMs = 60_000;
}

const TIMEOUT_MS = 10_000;

export function exchangeCode(origin: string, integration: Integration, code: string): Promise<TokenPair> {
  return askForTokens(origin, integration, { grant_type: "authorization_code", code });
}

export function refreshTokens(origin: string, integration: Integration, refreshToken: string): Promise<TokenPair> {
  return askForTokens(origin, integration, { grant_type: "refresh_token", refresh_token: refreshToken });
}

/**
 * POSTs to the account's own host. The client secret leaves here, so the caller has checked the host.
 * @throws GrantRefused on a definite no; IntegrationRefused or KommoUnavailable when it may be tried again
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
      if (isAboutTheGrant(error.hint)) throw new GrantRefused(error.message);
      refusal = error;
    }
  }
  throw new IntegrationRefused(
    `Kommo does not accept this server as its integration (${refusal?.message}). Check KOMMO_CLIENT_ID and KOMMO_CLIENT_SECRETS, and that the redirect URL entered in Kommo is ${integration.redirectUri}.`,
  );
}

/** Only a grant that was revoked, has expired or is none is dead; whatever else is refused can be put right. */
function isAboutTheGrant(hint: string): boolean {
  if (/redirect|client|secret/i.test(hint)) return false;
  return /revoked|expired|invalid|decrypt/i.test(hint);
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

/** The shared API host that an access token names. */
export function apiDomainIn(accessToken: string): string | undefined {
  return hintIn(accessToken, z.object({ api_domain: z.string() }))?.api_domain;
}

/** What an access token says it may do; undefined when it does not say. */
export function scopesIn(accessToken: string): string[] | undefined {
  return hintIn(accessToken, z.object({ scopes: z.array(z.string()) }))?.scopes;
}

/** Access tokens are signed with a key nobody publishes, so what is read in them is no proof. */
function hintIn<T extends z.ZodType>(accessToken: string, claims: T): z.output<T> | undefined {
  try {
    const payload = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString("utf8"));
    return claims.parse(payload);
  } catch {
    return undefined;
  }
}
