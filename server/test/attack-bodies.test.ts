import { createHmac } from "node:crypto";
import { connect as openSocket, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { ConnectionAnswer } from "@dealscope/shared/customerio";
import { IntakeKeys } from "@dealscope/shared/intake";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../src/server.ts";
import { type Engaged, type EngagementWorld, engage, keysOf, startEngagementWorld } from "./engagement-kit.ts";
import { fromElsewhere } from "./visitors.ts";
import { until } from "./world.ts";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

interface Door {
  method: "POST" | "PUT";
  path: string;
  headers: (body: Buffer) => Record<string, string>;
  /** What it may answer to a body that is none: never a fault of ours. */
  answers: readonly number[];
}

let world: EngagementWorld;
let engaged: Engaged;
let doors: Record<string, Door>;
beforeAll(async () => {
  world = await startEngagementWorld();
  engaged = await engage(world);
  const { admin, accountId, workspace } = engaged;
  const hook = world.kommo.control.hooks.list({ account: accountId })[0]!.destination;
  const { connection } = await admin.get(ConnectionAnswer, "/api/engagement/connection");
  const { keys } = await admin.send(IntakeKeys, "/api/intake/keys", { body: { name: "Website" } });
  const key = keysOf(world, workspace).signingKey!;
  const sign = (body: Buffer) => ({
    "x-cio-timestamp": "1731000000",
    "x-cio-signature": createHmac("sha256", key).update("v0:1731000000:").update(body).digest("hex"),
  });
  const none = () => ({});
  const bearer = { authorization: `Bearer ${admin.session.token}` };
  doors = {
    "Kommo's webhook": { method: "POST", path: pathOf(hook), headers: none, answers: [204] },
    "the Digital Pipeline": { method: "POST", path: "/hooks/kommo/dp", headers: none, answers: [400, 401, 413, 415] },
    "Customer.io's webhook": { method: "POST", path: pathOf(connection!.webhookUrl), headers: sign, answers: [204] },
    "a form": { method: "POST", path: pathOf(keys[0]!.url), headers: fromElsewhere, answers: [202, 400] },
    "the API": { method: "PUT", path: "/api/settings", headers: () => bearer, answers: [400] },
  };
});
afterAll(() => world?.stop());

const pathOf = (url: string) => new URL(url).pathname;

async function send(door: Door, body: Buffer, type: string, more: Record<string, string> = {}): Promise<number> {
  const { method, path, headers } = door;
  const answer = await fetch(world.config.PUBLIC_URL + path, {
    method,
    headers: { "content-type": type, ...headers(body), ...more },
    body: new Uint8Array(body),
  });
  await answer.arrayBuffer();
  return answer.status;
}

const own = () => `account[id]=${engaged.accountId}`;
const times = (text: string, count: number) => text.repeat(count);

// What Kommo's door makes of several more of them stands in door.test.ts.
test.each<[what: string, type: string, body: () => string | Buffer, more?: Record<string, string>]>([
  ["a list in a list, a hundred thousand deep", JSON_TYPE, () => times("[", 100_000)],
  ["objects, ten thousand deep and closed", JSON_TYPE, () => `${times('{"a":', 10_000)}1${times("}", 10_000)}`],
  ["a form five thousand levels deep", FORM, () => `${own()}&leads${times("[a]", 5_000)}=1`],
  ["an index of a thousand millions", FORM, () => `${own()}&leads[add][999999999][id]=1&contacts[999999999][name]=A`],
  ["ten thousand indexes", FORM, () => `${own()}&${Array.from({ length: 10_000 }, (_, n) => `a[${n}]=1`).join("&")}`],
  ["negative and broken indexes", FORM, () => `${own()}&leads[-1][]=1&leads[1e9][id]=2&contacts[0][[]]=3&[]=4&]=5`],
  ["__proto__ in a form", FORM, () => `${own()}&__proto__[polluted]=1&contacts[0][__proto__][polluted]=1`],
  ["constructor.prototype in a form", FORM, () => `${own()}&constructor[prototype][polluted]=1&contacts[0][name]=A`],
  ["__proto__ in JSON", JSON_TYPE, () => '{"__proto__":{"polluted":1},"deal":{"__proto__":{"polluted":1}}}'],
  ["constructor.prototype in JSON", JSON_TYPE, () => '{"constructor":{"prototype":{"polluted":1}},"version":1}'],
  ["one name a hundred thousand times", JSON_TYPE, () => `{${times('"a":1,', 100_000)}"a":1}`],
  ["a number of a million digits", JSON_TYPE, () => `{"version":${times("9", 1_000_000)}}`],
  ["10 MB in one field", FORM, () => `${own()}&a=${times("x", 10_000_000)}`],
  ["10 MB of JSON", JSON_TYPE, () => `{"a":"${times("x", 10_000_000)}"}`],
  ["10 MB in 10 kB, compressed", JSON_TYPE, () => gzipSync(times(" ", 10_000_000)), { "content-encoding": "gzip" }],
  ["a form, compressed", FORM, () => gzipSync(own()), { "content-encoding": "gzip" }],
  ["bytes that are no text", FORM, () => Buffer.from([0xff, 0xfe, 0, 0x80, 0xc0, 0xaf])],
  ["nothing", JSON_TYPE, () => ""],
])("%s: no door fails, hangs or is changed by it", async (_what, type, body, more) => {
  const bytes = Buffer.from(body());
  for (const [name, door] of Object.entries(doors)) {
    expect(door.answers, name).toContain(await send(door, bytes, type, more));
  }
  expect({}).not.toHaveProperty("polluted");
});

test("all of that is stored and dealt with, and what comes after it is heard", async () => {
  const waiting = () => world.database.look("SELECT FROM delivery WHERE state = 'new'");
  await until("all is dealt with", async () => (await waiting()).length === 0);
  const lead = `${own()}&leads[add][0][id]=4711&leads[add][0][updated_at]=1790000100`;
  expect(await send(doors["Kommo's webhook"]!, Buffer.from(lead), FORM)).toBe(204);
  const heard = () => world.database.look("SELECT FROM work WHERE kind = 'qualify' AND subject = 4711");
  await until("it is heard", async () => (await heard()).length > 0);
});

describe("who sends slowly", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await world.startAnother({ ROLE: "web" });
  });

  /** Begins a request and never ends it. */
  function dribble(head: string): Socket {
    const socket = openSocket(Number(new URL(server.url).port), "127.0.0.1");
    socket.on("error", () => {}).resume();
    socket.write(head);
    return socket;
  }

  const begun = ({ method, path, headers }: Door) => {
    const said = Object.entries(headers(Buffer.from(""))).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${JSON_TYPE}\r\n${said.join("")}Content-Length: 60000\r\n\r\n{`;
  };

  test("keeps nobody else waiting, and is shown out when the time of a request is over", async () => {
    // By default it is half a minute; a second server may have less, so that the test does not wait for it.
    expect(server.app.getHttpServer().requestTimeout).toBe(30_000);
    const heads = [...Object.values(doors).map(begun), "POST /api/session HTTP/1.1\r\nHost: x\r\nX-Slow: "];
    const slow = heads.flatMap((head) => Array.from({ length: 50 }, () => dribble(head)));
    await until("all are connected", () => slow.every(({ connecting }) => !connecting));
    for (const path of ["/health/live", doors["Kommo's webhook"]!.path]) {
      const method = path.startsWith("/health") ? "GET" : "POST";
      expect((await fetch(server.url + path, { method })).status).toBeLessThan(300);
    }
    server.app.getHttpServer().requestTimeout = 300;
    server.app.getHttpServer().headersTimeout = 300;
    await until("they are shown out", () => slow.every(({ closed }) => closed));
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });
});
