import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../src/server.ts";
import { unlimited } from "./account.ts";
import { routesOf } from "./attack-document.ts";
import { fromElsewhere } from "./visitors.ts";
import { CLIENT_ID, startWorld, type World } from "./world.ts";

let world: World;
/** Talks to the real Kommo, were it asked to: pages of this machine are no more welcome there than any other's. */
let server: RunningServer;
let routes: { method: string; path: string }[];
beforeAll(async () => {
  world = await startWorld({
    ...unlimited,
    env: { ...unlimited.env, OPERATOR_TOKEN: "the-operator-of-this-test-alone" },
  });
  server = await world.startAnother({ KOMMO_LOOPBACK_ORIGIN: "", ROLE: "web" });
  routes = routesOf(server.app.getHttpAdapter().getInstance()).map((route) => {
    const [method, path] = route.split(" ") as [string, string];
    return { method, path: path.replaceAll(/\{\w+\}/g, "1") };
  });
});
afterAll(() => world?.stop());

const ask = async (method: string, path: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(server.url + path, {
    method,
    headers: { ...fromElsewhere(), ...headers },
    redirect: "manual",
  });
  await answer.arrayBuffer();
  return answer;
};

describe("every answer of every route", () => {
  test("is taken for nothing else, framed by nobody, kept by no cache and tells no other site where it was", async () => {
    const odd = ["/", "/nothing", "/api/nothing", "/health/%ff", "/oauth/kommo/%ff", "/webhooks/kommo/x/y", "/.env"];
    for (const { method, path } of [...routes, ...odd.map((path) => ({ method: "GET", path }))]) {
      const { headers } = await ask(method, path);
      expect(Object.fromEntries(headers), `${method} ${path}`).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": expect.stringMatching(/^(no-referrer|same-origin)$/),
        "cache-control": expect.stringContaining("no-store"),
        "content-security-policy": expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/),
        "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    }
  });

  test("names neither what it is made with nor a script that it would run besides its own", async () => {
    for (const { method, path } of routes) {
      const { headers } = await ask(method, path);
      for (const name of ["server", "x-powered-by", "via"]) expect(headers.get(name), path).toBeNull();
      expect(headers.get("content-security-policy"), path).not.toMatch(/script-src[^;]*('unsafe|\*|https?:|data:)/);
    }
  });

  test("asks browsers to come by TLS, when it came so itself", async () => {
    const secure = await ask("GET", "/health/live", { "x-forwarded-proto": "https" });
    expect(secure.headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect((await ask("GET", "/health/live")).headers.get("strict-transport-security")).toBeNull();
  });
});

test("the page of the callback runs its own script, named by a number that is another each time", async () => {
  const open = async () => {
    const answer = await fetch(`${server.url}/oauth/kommo/callback?client_id=${CLIENT_ID}&error=access_denied`);
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(answer.headers.get("content-security-policy")!)!;
    const text = await answer.text();
    expect([...text.matchAll(/<(?:script|style) nonce="([^"]+)">/g)].map(([, given]) => given)).toEqual([nonce, nonce]);
    expect(text).not.toMatch(/<(script|style)>/);
    return nonce;
  };
  expect(await open()).not.toBe(await open());
});

const isForForms = (path: string) => path.startsWith("/intake/");
const isApi = (path: string) => path.startsWith("/api/");

describe("pages of other sites", () => {
  const strangers = [
    "https://evil.example",
    "https://kommo.com",
    "https://evilkommo.com",
    "https://kommo.com.evil.example",
    "https://acme.kommo.com.evil.example",
    "https://acme-kommo.com",
    "https://a.b.kommo.com",
    "https://acme.kommo.com:8443",
    "https://acme.kommo.com@evil.example",
    "https://acme.kommo.com/",
    "https://-acme.kommo.com",
    "http://acme.kommo.com",
    "HTTPS://ACME.KOMMO.COM",
    "null",
    "file://",
    "chrome-extension://acme.kommo.com",
    "http://localhost",
    "http://127.0.0.1:4010",
    "https://localhost.evil.example",
  ];

  async function expectToldNothing(origin: string, { method, path }: { method: string; path: string }) {
    for (const asked of [method, "OPTIONS"]) {
      const { headers } = await ask(asked, path, { origin, "access-control-request-method": method });
      const told = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
      expect(told, `${asked} ${path}`).toEqual([]);
    }
  }

  test.each(strangers)("%s is not told that it may read the API", async (origin) => {
    await expectToldNothing(origin, { method: "PUT", path: "/api/settings" });
  });

  test("are told so by no route", async () => {
    for (const route of routes.filter(({ path }) => !isForForms(path))) await expectToldNothing(strangers[0]!, route);
  });

  test("read what a form is answered, but with nobody's session and by name", async () => {
    for (const { method, path } of routes.filter(({ path }) => isForForms(path))) {
      const { headers } = await ask(method, path, { origin: "https://shop.example" });
      expect(headers.get("access-control-allow-origin"), path).toBe("https://shop.example");
      expect(headers.get("access-control-allow-credentials"), path).toBeNull();
    }
  });
});

test.each(["https://acme.kommo.com", "https://acme-2.amocrm.com"])(
  "the page of an account at %s reads the API and nothing else, and brings no cookies",
  async (origin) => {
    for (const { method, path } of routes.filter(({ path }) => !isForForms(path))) {
      const { headers } = await ask(method, path, { origin });
      expect(headers.get("access-control-allow-origin"), path).toBe(isApi(path) ? origin : null);
      expect(headers.get("access-control-allow-credentials"), path).toBeNull();
      expect(headers.get("vary"), path).toContain("origin");
    }
  },
);
