import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ConnectionAnswer } from "@dealscope/shared/customerio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppClient } from "../src/customerio/app-client.ts";
import { findRegion } from "../src/customerio/track-client.ts";
import { send } from "../src/kommo/http.ts";
import { exchangeCode, findAccount } from "../src/kommo/oauth.ts";
import { OpenAiClient } from "../src/openai/client.ts";
import { type Operation, operationsOf, takes } from "./attack-document.ts";
import { Target } from "./attack-target.ts";
import { Crowd, forEach } from "./crowd.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Canary, Outgoing } from "./outgoing.ts";
import { fromElsewhere } from "./visitors.ts";
import { ask } from "./widget-api-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
let canary: Canary;
let target: Target;
let crowd: Crowd;
let operations: Operation[];
const outgoing = new Outgoing();
beforeAll(async () => {
  canary = await Canary.start();
  outgoing.start();
  world = await startEngagementWorld();
  target = await Target.of(world, "Zanzibar", 700);
  crowd = await Crowd.of(world, target.account.id, 60);
  operations = await operationsOf(world);
});
afterAll(async () => {
  outgoing.stop();
  await world?.stop();
  await canary?.stop();
});

/** The stand-ins, the server itself and its stores: nobody else is ever called. */
const known = () =>
  [
    world.config.PUBLIC_URL,
    world.kommo.origin,
    world.openai.baseUrl,
    ...Object.values(world.customerio.origins),
    world.config.REDIS_URL,
    world.config.DATABASE_URL,
  ].map((url) => Number(new URL(url).port));

/** Once everything that was begun by it is done, too. */
async function nobodyElseWasCalled() {
  await until("nothing is under way any more", () => target.isQuiet());
  expect(canary.heard).toEqual([]);
  expect([...outgoing.ports].filter((port) => !known().includes(port))).toEqual([]);
  expect([...outgoing.names].filter((name) => name !== "localhost")).toEqual([]);
}

describe("no address that strangers send is called or looked up", () => {
  test("in a form", async () => {
    for (const url of canary.urls) {
      const contact = { name: url, email: `ana@127.0.0.1`, title: url, role: "" };
      const body = { deal: { name: url }, company: { name: url }, contacts: [contact], message: url, callback: url };
      const answer = await ask(world, `/intake/${target.things.formKey}`, {
        method: "POST",
        body,
        headers: { ...fromElsewhere(), referer: url },
      });
      expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    }
    await nobodyElseWasCalled();
  });

  test("in a webhook of Kommo, where its own account's address stands", async () => {
    const { destination } = target.account.control.hooks.list({ account: target.account.id })[0]!;
    for (const url of canary.urls) {
      const form = new URLSearchParams({
        "account[id]": String(target.account.id),
        "account[subdomain]": url,
        "account[_links][self]": url,
        "leads[update][0][id]": String(target.things.lead),
        "leads[update][0][name]": url,
        "leads[update][0][updated_at]": "1790000100",
        "message[add][0][text]": url,
        "message[add][0][attachment][link]": url,
      });
      const answer = await fetch(destination, { method: "POST", body: form });
      expect(answer.status).toBe(204);
    }
    await nobodyElseWasCalled();
  });

  test("in a call of the Digital Pipeline or a webhook of Customer.io", async () => {
    const { webhookUrl } = (await target.admin.get(ConnectionAnswer, "/api/engagement/connection")).connection!;
    for (const url of canary.urls) {
      const event = { event_id: url, object_type: "email", metric: "clicked", timestamp: 1_731_000_000 };
      const data = { href: url, link_id: 1, recipient: "ana@x.test", identifiers: { email: "ana@x.test" } };
      for (const address of [webhookUrl, `${world.config.PUBLIC_URL}/hooks/kommo/dp`]) {
        await fetch(address, { method: "POST", body: JSON.stringify({ ...event, data, account: { self: url } }) });
      }
    }
    await nobodyElseWasCalled();
  });
});

/** The same with another text in the place of one; of a list only the first entry is changed. */
function* withEachText(value: unknown, put: string): Generator<unknown> {
  if (typeof value === "string" || value === null) yield put;
  else if (Array.isArray(value)) {
    for (const first of withEachText(value[0] ?? "", put)) yield [first, ...value.slice(1)];
  } else if (typeof value === "object") {
    for (const [name, inner] of Object.entries(value)) {
      for (const changed of withEachText(inner, put)) yield { ...value, [name]: changed };
    }
  }
}

test("no address that is typed into any field of any route is called or looked up", async () => {
  const urls = canary.urls;
  const wishes: Parameters<Crowd["ask"]>[] = [];
  for (const one of operations.filter((one) => takes(one, "session"))) {
    const [path, wish] = target.request(one);
    if (!wish.body) continue;
    for (const spelling of [0, 1, 2]) {
      const bodies = [...withEachText(wish.body, "")].length;
      for (let place = 0; place < bodies; place++) {
        const url = urls[(wishes.length + spelling) % urls.length]!;
        wishes.push([path, { ...wish, body: [...withEachText(wish.body, url)][place] }]);
      }
    }
  }
  expect(wishes.length).toBeGreaterThan(200);
  const statuses = new Set<number>();
  await forEach(wishes, async ([path, wish]) => void statuses.add((await crowd.ask(path, wish)).status));
  // Some are taken, as texts: those are the ones that could be called.
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400]));
  await nobodyElseWasCalled();
});

test("no address in a query, a path or a header is called or looked up", async () => {
  const urls = canary.urls;
  const wishes: Parameters<Crowd["ask"]>[] = [];
  for (const [n, one] of operations.filter((one) => takes(one, "session")).entries()) {
    const [path, wish] = target.request(one);
    const url = urls[n % urls.length]!;
    for (const name of queryOf(one))
      wishes.push([`${path.split("?")[0]}?${new URLSearchParams({ [name]: url })}`, wish]);
    if (one.path.includes("{")) wishes.push([one.path.replaceAll(/\{\w+\}/g, encodeURIComponent(url)), wish]);
    wishes.push([path, { method: wish.method, headers: Object.fromEntries(HEADERS.map((name) => [name, url])) }]);
  }
  await forEach(wishes, async ([path, wish]) => void (await crowd.ask(path, wish)));
  await nobodyElseWasCalled();
});

const HEADERS = ["referer", "origin", "x-forwarded-host", "x-original-url", "x-rewrite-url", "forwarded", "x-api-url"];

function queryOf({ described }: Operation): string[] {
  return (described.parameters ?? []).flatMap((one) => ("in" in one && one.in === "query" ? [one.name] : []));
}

describe("whoever is called leads us nowhere else", () => {
  const secret = "a secret that must not go further";
  const prompt = {
    ...{ model: "gpt-6-luna", developer: "rules", user: secret, maxCompletionTokens: 10 },
    ...{ schema: { name: "s", schema: {} }, cacheKey: "c", safetyIdentifier: "s" },
  };
  const integration = { clientId: "client", clientSecrets: [secret], redirectUri: "http://127.0.0.1/callback" };

  test.each([301, 302, 303, 307, 308])("by a redirect with %i", async (status) => {
    const leads = createServer((_, response) => {
      response.writeHead(status, { location: canary.urls[0] }).end();
    });
    await new Promise<void>((listening) => leads.listen(0, "127.0.0.1", listening));
    const origin = `http://127.0.0.1:${(leads.address() as AddressInfo).port}`;
    const byName = origin.replace("127.0.0.1", "acme.localhost");
    const keys = { siteId: "site", trackKey: secret };
    const calls = {
      "Kommo's tokens": () => exchangeCode(origin, integration, "code"),
      "an account that has moved": () => findAccount(origin, secret),
      "Kommo's API": () => send({ method: "PATCH", url: origin, headers: {}, body: { secret }, timeoutMs: 5_000 }),
      "a stand-in of Kommo": () => send({ method: "GET", url: byName, headers: {}, timeoutMs: 5_000 }),
      "Customer.io's App API": () => new AppClient(origin, secret, 5_000).webhooks(),
      "Customer.io's Track API": () => findRegion({ origins: { us: origin, eu: origin }, keys, timeoutMs: 5_000 }),
      "the model": () => new OpenAiClient({ apiKey: secret, baseUrl: origin }).complete(prompt),
    };
    for (const [what, call] of Object.entries(calls)) await expect(call(), what).rejects.toThrow();
    leads.closeAllConnections();
    leads.close();
    expect(canary.heard).toEqual([]);
  });
});
