import type { FastifyInstance } from "fastify";
import { hostOf } from "../state/account.ts";
import type { World } from "../world.ts";
import { type Approval, redirectUrl } from "./approval.ts";
import { consentPage, popupPage } from "./consent-page.ts";
import { OAuthRefusal } from "./grants.ts";
import type { Integration } from "./integration.ts";

export function oauthRoutes(app: FastifyInstance, world: World): void {
  app.get("/oauth", async (request, reply) => {
    const query = request.query as Record<string, string>;
    const integration = world.integrations.get(query.client_id ?? "");
    if (!integration) return reply.code(404).type("text/html").send("<h1>There is no such integration</h1>");
    return reply.type("text/html").send(consentPage(world, query));
  });

  /** Where the buttons of the consent page lead. */
  app.get("/oauth/decision", async (request, reply) => {
    const query = request.query as Record<string, string>;
    const url = redirectUrl(world, query as unknown as Approval);
    return query.mode === "popup" ? reply.type("text/html").send(popupPage(url)) : reply.redirect(url);
  });

  app.post("/oauth2/access_token", async (request, reply) => {
    try {
      const pair = issue(world, (request.body ?? {}) as Record<string, unknown>, request.kommo);
      return reply.type("application/json").send(JSON.stringify(pair));
    } catch (error) {
      if (!(error instanceof OAuthRefusal)) throw error;
      return reply
        .code(error.status)
        .type("application/problem+json")
        .send(JSON.stringify(refusal(error)));
    }
  });

  /** Where an account has moved to; asked of the API host, because the account's own host may be gone. */
  app.get("/oauth2/account/current/subdomain", async (request, reply) => {
    const token = String(request.headers["x-refresh-token"] ?? "");
    const account = world.grants.refreshTokenAccount(token);
    if (!account)
      return reply
        .code(401)
        .type("application/problem+json")
        .send(JSON.stringify(refusal(UNKNOWN_TOKEN)));
    const { id, subdomain, top_level_domain } = account;
    return { id, subdomain, domain: hostOf(account), top_level_domain };
  });
}

const UNKNOWN_TOKEN = new OAuthRefusal(401, "Cannot decrypt the refresh token");

function issue(world: World, body: Record<string, unknown>, visit: { account: unknown; isLost: boolean }) {
  if (visit.isLost) throw new OAuthRefusal(404, "Account not found");
  const integration = authenticate(world, body);
  if (body.redirect_uri !== integration.redirect_uri) throw new OAuthRefusal(400, "Redirect URI does not match");
  const credential = requireText(body, body.grant_type === "refresh_token" ? "refresh_token" : "code");
  const account = world.grants.accountOf(credential);
  if (visit.account && account && visit.account !== account) {
    throw new OAuthRefusal(400, "Authorization code was not issued for this account");
  }
  if (body.grant_type === "authorization_code") return world.grants.exchange(integration, credential);
  if (body.grant_type === "refresh_token") return world.grants.refresh(integration, credential);
  throw new OAuthRefusal(400, "Check the `grant_type` parameter");
}

function authenticate(world: World, body: Record<string, unknown>): Integration {
  const integration = world.integrations.get(requireText(body, "client_id"));
  if (!integration || integration.client_secret !== requireText(body, "client_secret")) {
    throw new OAuthRefusal(401, "Client authentication failed");
  }
  return integration;
}

function requireText(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") throw new OAuthRefusal(400, `Check the \`${name}\` parameter`);
  return value;
}

/** `title` and `detail` are in the account's language; only status and hint mean anything. */
function refusal({ status, hint }: OAuthRefusal): object {
  return {
    hint,
    title: "Ошибка авторизации",
    type: "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
    status,
    detail: "Некорректный запрос",
  };
}
