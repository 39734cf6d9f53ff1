import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Account } from "../state/account.ts";
import type { Integration } from "./integration.ts";
import { signAccessToken } from "./jwt.ts";

const MINUTE = 60;
const DAY = 86_400;
const CODE_LIFE = 20 * MINUTE;
const ACCESS_LIFE = DAY;
const REFRESH_LIFE = 90 * DAY;

/** One user's consent to one integration. Its scopes are those of that moment. */
export interface Grant {
  integration: Integration;
  account: Account;
  user_id: number;
  scopes: readonly string[];
  revoked: boolean;
}

interface Code {
  grant: Grant;
  expires: number;
  used: boolean;
}

export interface AccessToken {
  grant: Grant;
  expires: number;
}

interface RefreshToken {
  grant: Grant;
  expires: number;
  /** The token that took its place; it is dead at once, or when that one was used. */
  successor: RefreshToken | null;
  revoked: boolean;
}

export interface Pair {
  token_type: "Bearer";
  expires_in: number;
  server_time: number;
  access_token: string;
  refresh_token: string;
}

/** Why the token endpoint refuses; `hint` is the only thing a client may branch on. */
export class OAuthRefusal extends Error {
  readonly status: number;
  readonly hint: string;

  constructor(status: number, hint: string) {
    super(hint);
    this.status = status;
    this.hint = hint;
  }
}

export class Grants {
  readonly #codes = new Map<string, Code>();
  readonly #access = new Map<string, AccessToken>();
  readonly #refresh = new Map<string, RefreshToken>();
  readonly #grants = new Set<Grant>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  authorize(integration: Integration, account: Account, user_id: number): string {
    const grant: Grant = { integration, account, user_id, scopes: [...account.scopes], revoked: false };
    this.#grants.add(grant);
    const code = opaque();
    this.#codes.set(code, { grant, expires: this.#clock.seconds() + CODE_LIFE, used: false });
    return code;
  }

  exchange(integration: Integration, code: string): Pair {
    const known = this.#codes.get(code);
    if (known?.grant.integration !== integration) throw new OAuthRefusal(400, "Cannot decrypt the authorization code");
    if (known.used || known.grant.revoked) throw new OAuthRefusal(400, "Authorization code has been revoked");
    if (known.expires <= this.#clock.seconds()) throw new OAuthRefusal(400, "Authorization code has expired");
    known.used = true;
    return this.#issue(known.grant).pair;
  }

  refresh(integration: Integration, refreshToken: string): Pair {
    const known = this.#refresh.get(refreshToken);
    if (known?.grant.integration !== integration) throw new OAuthRefusal(401, "Cannot decrypt the refresh token");
    if (known.revoked || known.grant.revoked || this.#isSpent(known)) {
      throw new OAuthRefusal(401, "Token has been revoked");
    }
    if (known.expires <= this.#clock.seconds()) throw new OAuthRefusal(401, "Token has expired");
    // Asked again with the old token: the pair whose answer was lost is void.
    if (known.successor) known.successor.revoked = true;
    const { pair, token } = this.#issue(known.grant);
    known.successor = token;
    return pair;
  }

  /** The token of a private integration that is made by hand: no refresh, 1 day to 5 years. */
  longLived(integration: Integration, account: Account, user_id: number, days: number): string {
    const grant: Grant = { integration, account, user_id, scopes: [...account.scopes], revoked: false };
    this.#grants.add(grant);
    return this.#issueAccess(grant, days * DAY);
  }

  access(token: string): AccessToken | undefined {
    const known = this.#access.get(token);
    return known && !known.grant.revoked && known.expires > this.#clock.seconds() ? known : undefined;
  }

  /** Whose credential this is, alive or not: that is how a request without an account's host name finds its account. */
  accountOf(credential: string): Account | undefined {
    const known = this.#access.get(credential) ?? this.#refresh.get(credential) ?? this.#codes.get(credential);
    return known?.grant.account;
  }

  refreshTokenAccount(token: string): Account | undefined {
    return this.#refresh.get(token)?.grant.account;
  }

  /** Of all users, or of one. Returns how many grants ended. */
  revoke(account: Account, integration: Integration, user_id?: number): number {
    let ended = 0;
    for (const grant of this.#grants) {
      const isMeant = grant.account === account && grant.integration === integration && !grant.revoked;
      if (!isMeant || (user_id !== undefined && grant.user_id !== user_id)) continue;
      grant.revoked = true;
      ended += 1;
    }
    return ended;
  }

  clear(): void {
    for (const kept of [this.#codes, this.#access, this.#refresh]) kept.clear();
    this.#grants.clear();
  }

  #isSpent(token: RefreshToken): boolean {
    if (!token.successor) return false;
    const { oldRefreshToken } = token.grant.account.switches;
    return oldRefreshToken === "dies" || token.successor.successor !== null;
  }

  #issue(grant: Grant): { pair: Pair; token: RefreshToken } {
    const refresh_token = opaque();
    const now = this.#clock.seconds();
    const token: RefreshToken = { grant, expires: now + REFRESH_LIFE, successor: null, revoked: false };
    this.#refresh.set(refresh_token, token);
    const access_token = this.#issueAccess(grant, ACCESS_LIFE);
    return {
      pair: { token_type: "Bearer", expires_in: ACCESS_LIFE, server_time: now, access_token, refresh_token },
      token,
    };
  }

  #issueAccess(grant: Grant, life: number): string {
    const now = this.#clock.seconds();
    const { account } = grant;
    const jti = opaque();
    const token = signAccessToken({
      aud: grant.integration.client_id,
      jti,
      iat: now,
      nbf: now,
      exp: now + life,
      sub: String(grant.user_id),
      grant_type: "",
      account_id: account.id,
      base_domain: account.top_level_domain,
      version: 2,
      scopes: grant.scopes,
      hash_uuid: createHash("md5").update(jti).digest("hex"),
      api_domain: `api-a.${account.top_level_domain}`,
    });
    this.#access.set(token, { grant, expires: now + life });
    return token;
  }
}

function opaque(): string {
  return `def502${randomBytes(32).toString("hex")}`;
}
