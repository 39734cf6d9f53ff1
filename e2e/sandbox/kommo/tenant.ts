import type { FastifyRequest } from "fastify";
import { Call, type Query } from "./api/call.ts";
import { Problem } from "./api/problem.ts";
import type { Account } from "./state/account.ts";
import type { World } from "./world.ts";

const HOST = /^([a-z0-9-]+)\.(?:kommo\.com|amocrm\.com|localhost)(?::\d+)?$/i;
/** Hosts of the API for all accounts. */
const SHARED_API = /^api-[a-z]$/i;
/** Here people sign in and consent; tokens and the API are on the hosts of the accounts. */
const FRONT_PAGE = /^www$/i;

/** What the sandbox keeps of each request besides what Fastify does. */
export interface Visit {
  account: Account | undefined;
  /** The host name belongs to no account (any more). */
  isLost: boolean;
  created: number;
  effects: string[];
}

declare module "fastify" {
  interface FastifyRequest {
    kommo: Visit;
  }
}

/** The account is the one its host name says, or else the one that the bearer token belongs to. */
export function visitOf(world: World, request: FastifyRequest): Visit {
  const subdomain = HOST.exec(request.headers.host ?? "")?.[1];
  if (subdomain && FRONT_PAGE.test(subdomain)) return { account: undefined, isLost: true, created: 0, effects: [] };
  if (subdomain && !SHARED_API.test(subdomain)) {
    const account = world.accounts.find(subdomain);
    return { account, isLost: !account, created: 0, effects: [] };
  }
  return { account: world.grants.accountOf(bearer(request)), isLost: false, created: 0, effects: [] };
}

export function beginCall(world: World, request: FastifyRequest): Call {
  const token = world.grants.access(bearer(request));
  if (request.kommo.isLost) throw new Problem(404, "Account not found");
  if (!token || token.grant.account !== request.kommo.account) throw new Problem(401, "Unauthorized");
  const { account, user_id } = token.grant;
  if (!account.is_paid) throw new Problem(402, "Account is not paid");
  const owner = account.users.get(user_id);
  if (!owner) throw new Problem(401, "Unauthorized");
  return new Call({
    account,
    token,
    user: actingUser(account, owner, request.headers["x-context-user-id"]),
    query: request.query as Query,
    body: request.body,
    params: request.params as Record<string, string>,
    host: request.headers.host ?? "",
  });
}

/** An administrator's token may speak for another user, with that user's rights. */
function actingUser(account: Account, owner: Call["user"], context: string | string[] | undefined) {
  if (context === undefined) return owner;
  const user = account.users.get(Number(context));
  const isAllowed = owner.is_admin && user?.is_active && !user.is_free;
  if (!isAllowed) throw new Problem(account.switches.contextUserRefusal, "Context user is not available");
  return user;
}

function bearer(request: FastifyRequest): string {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
}
