import { ApiError } from "@dealscope/shared/api-error";
import type { OpenAPIObject } from "@nestjs/swagger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { routesOf } from "./attack-document.ts";
import { ask, Browser, startApiWorld } from "./widget-api-kit.ts";
import { type Installed, type World } from "./world.ts";

let world: World;
let account: Installed;
let admin: Browser;
beforeAll(async () => {
  world = await startApiWorld();
  account = await world.install();
  admin = await Browser.open(world, account.accountId, account.adminId);
});
afterAll(() => world?.stop());

const page = "https://acme.kommo.com";

test("every answer, good or bad, has an id of its own", async () => {
  const answers = [
    await admin.ask("/api/queue"),
    await admin.ask("/api/leads/x/card"),
    await ask(world, "/api/nothing"),
  ];
  const given = answers.map(({ headers }) => headers.get("x-request-id"));
  expect(new Set(given).size).toBe(3);
  for (const id of given) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(ApiError.parse(answers[1]!.body).error.requestId).toBe(given[1]);
});

test.each<[string, number, string, () => Parameters<Browser["ask"]>]>([
  ["an unknown address", 404, "not_found", () => ["/api/nothing"]],
  ["the wrong method", 404, "not_found", () => ["/api/queue", { method: "POST" }]],
  ["a body that is no JSON", 400, "invalid_input", () => ["/api/settings", { method: "PUT", body: '{"a":' }]],
  [
    "a body of another type",
    400,
    "invalid_input",
    () => ["/api/settings", { method: "PUT", body: "a=1", headers: { "content-type": "text/csv" } }],
  ],
  [
    "a body that is too large",
    400,
    "invalid_input",
    () => ["/api/settings", { method: "PUT", body: { a: "x".repeat(2_000_000) } }],
  ],
  ["a number beyond the database's", 400, "invalid_input", () => ["/api/leads/99999999999999999999/card"]],
])("%s is refused in the documented form", async (_what, status, code, wish) => {
  expect(await admin.refusal(...wish())).toEqual([status, code]);
});

test("a fault of ours is told without anything of its inside", async () => {
  const broken = await world.install();
  const browser = await Browser.open(world, broken.accountId, broken.adminId);
  await world.database.look(`UPDATE account SET provisioned = '{"fields": "not an object"}' WHERE account_id = $1`, [
    broken.accountId,
  ]);
  const answer = await browser.ask("/api/setup");
  expect(answer.status).toBe(500);
  expect(ApiError.parse(answer.body).error).toEqual({
    code: "internal",
    message: "Something went wrong on our side. Please try again.",
    requestId: answer.headers.get("x-request-id"),
  });
});

test("a page of a Kommo account may ask, before the request and with it", async () => {
  const before = await ask(world, "/api/session", {
    method: "OPTIONS",
    headers: {
      origin: page,
      "access-control-request-method": "POST",
      "access-control-request-headers": "x-auth-token",
    },
  });
  expect(before.status).toBe(204);
  expect(before.headers.get("access-control-allow-origin")).toBe(page);
  expect(before.headers.get("access-control-allow-headers")).toBe("X-Auth-Token, Authorization, Content-Type");
  expect(before.headers.get("access-control-allow-credentials")).toBeNull();
  const refused = await ask(world, "/api/session", { method: "POST", headers: { origin: page } });
  expect(refused.status).toBe(401);
  expect(refused.headers.get("access-control-allow-origin")).toBe(page);
  expect(refused.headers.get("vary")).toBe("origin");
});

test("other pages are told nothing, and what is not the API never speaks to pages", async () => {
  const evil = await ask(world, "/api/session", {
    method: "OPTIONS",
    headers: { origin: "https://kommo.com.evil.example" },
  });
  expect(evil.headers.get("access-control-allow-origin")).toBeNull();
  const callback = await ask(world, "/oauth/kommo/callback?error=access_denied", { headers: { origin: page } });
  expect(callback.headers.get("access-control-allow-origin")).toBeNull();
});

test("answers are kept by no cache, framed by no page and taken for nothing else", async () => {
  const { headers } = await admin.ask("/api/queue");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test("one user who asks without end is slowed down, and another is not", async () => {
  const wild = world.kommo.control.accounts.addUser({ account: account.accountId, name: "Wild" });
  const { token } = (await Browser.open(world, account.accountId, wild.id)).session;
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(world, "/api/queue", { token })));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(ApiError.parse(refused[0]!.body).error.code).toBe("too_many_requests");
  expect(refused[0]!.headers.get("retry-after")).toBe("1");
  expect((await admin.ask("/api/queue")).status).toBe(200);
});

test("an address that tries tokens without end is slowed down", async () => {
  const tries = Array.from({ length: 200 }, () => ask(world, "/api/session", { method: "POST", oneTimeToken: "x" }));
  const statuses = new Set((await Promise.all(tries)).map(({ status }) => status));
  expect([...statuses].sort()).toEqual([401, 429]);
});

test("a form's page may ask from anywhere, with a key of its own for a request and without anybody's session", async () => {
  const before = await ask(world, "/intake/x", {
    method: "OPTIONS",
    headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
  });
  expect(before.status).toBe(204);
  expect(before.headers.get("access-control-allow-origin")).toBe("https://shop.example");
  expect(before.headers.get("access-control-allow-headers")).toBe("Content-Type, Idempotency-Key");
  expect(before.headers.get("access-control-allow-credentials")).toBeNull();
  const refused = await ask(world, "/intake/x", { method: "POST", headers: { origin: "https://shop.example" } });
  expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([404, "https://shop.example"]);
});

function isStream({ responses }: { responses: Record<string, Described> }): boolean {
  return Object.keys(responses["200"]?.content ?? {}).some((type) => type === "text/csv");
}

test("every route of the API is documented with its parameters, its answer and its refusals", async () => {
  const document = (await ask(world, "/api/openapi.json")).body as OpenAPIObject;
  const routes = routesOf(world.server.app.getHttpAdapter().getInstance()).filter(isDocumented);
  const documented = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(documented.sort()).toEqual(routes);
  expect(routes.length).toBeGreaterThan(14);

  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const where = `${method} ${path}`;
      const schemas = Object.entries(operation.responses as Record<string, Described>).map(
        ([status, { content }]) => [status, content?.["application/json"]?.schema] as const,
      );
      expect(
        schemas.filter(([status]) => status.startsWith("2")),
        where,
      ).toHaveLength(1);
      for (const [status, schema] of schemas) {
        if (Number(status) >= 400) expect(schema, where).toEqual({ $ref: "#/components/schemas/ApiError" });
        else if (isStream(operation)) expect(schema, where).toBeUndefined();
        else expect(Object.keys(answerOf(document, schema).properties ?? {}).length, where).toBeGreaterThan(0);
      }
      for (const [status, { headers }] of Object.entries(operation.responses as Record<string, Described>)) {
        const retry = status === "429" ? ["retry-after"] : [];
        expect(Object.keys(headers ?? {}), where).toEqual(["x-request-id", ...retry]);
      }
      const isForm = path.startsWith("/intake");
      const inHeaders = (operation.parameters ?? []).filter((p: { in: string }) => p.in === "header");
      expect(
        inHeaders.map(({ name, required }: { name: string; required: boolean }) => [name, required]),
        where,
      ).toEqual(isForm && method === "post" ? [["Idempotency-Key", false]] : []);
      expect(
        schemas.map(([status]) => status),
        where,
      ).toEqual(expect.arrayContaining(["400", "401", "429", "500"]));
      // The key of a form stands in its address.
      expect(operation.security.length > 0, where).toBe(!isForm);
      const inPath = (operation.parameters ?? []).filter((p: { in: string }) => p.in === "path");
      expect(inPath.length, where).toBe(path.split("{").length - 1);
      if (method === "put" || (isForm && method === "post")) expect(operation.requestBody, where).toBeDefined();
    }
  }
});

test("connecting needs one of two tokens, and what a refusal looks like is said once", async () => {
  const document = (await ask(world, "/api/openapi.json")).body as OpenAPIObject;
  expect(document.paths["/api/connect"]?.post?.security).toEqual([{ session: [] }, { "one-time-token": [] }]);
  expect(document.components?.schemas?.ApiError).toMatchObject({
    properties: { error: { required: expect.any(Array) } },
  });
  expect(Object.keys(document.components?.headers ?? {})).toEqual(["RequestId", "RetryAfter"]);
});

interface Described {
  headers?: Record<string, unknown>;
  content?: { "application/json"?: { schema?: { $ref?: string } } };
}

/** Answers have names, and stand among the components. */
function answerOf({ components }: OpenAPIObject, schema: { $ref?: string } | undefined): { properties?: object } {
  const name = schema?.$ref?.replace("#/components/schemas/", "") ?? "";
  return (components?.schemas?.[name] ?? {}) as { properties?: object };
}

/** Without the document and its page. */
const isDocumented = (route: string) => / \/(api|intake)\//.test(route) && !/\/api\/(docs|openapi)/.test(route);

test("the document can be tried on a page that needs nothing from elsewhere", async () => {
  const docs = await ask(world, "/api/docs");
  expect(docs.status).toBe(200);
  const files = [...String(docs.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
  expect(files).toHaveLength(3);
  for (const file of files) {
    expect(file).toMatch(/^\/api\/docs\//);
    expect((await ask(world, file)).status).toBe(200);
  }
});
