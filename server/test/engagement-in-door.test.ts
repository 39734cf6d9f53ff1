import { createHmac, randomUUID } from "node:crypto";
import { ConnectionAnswer } from "@dealscope/shared/customerio";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Doors } from "../src/database/doors.ts";
import { connect, type Engaged, type EngagementWorld, engage, keysOf, startEngagementWorld } from "./engagement-kit.ts";
import { until } from "./world.ts";

const PATH = "/api/engagement/connection";

let world: EngagementWorld;
let engaged: Engaged;
let url: string;
let key: string;
beforeAll(async () => {
  world = await startEngagementWorld();
  engaged = await engage(world);
  key = keysOf(world, engaged.workspace).signingKey!;
  url = (await webhookOf(engaged)).url;
});
afterAll(() => world?.stop());

async function webhookOf({ admin }: Engaged) {
  const { connection } = await admin.get(ConnectionAnswer, PATH);
  return { url: connection!.webhookUrl, ...connection!.webhook };
}

/** What the API tells of it, looked up where no rate limits people. */
async function noted({ accountId }: Engaged) {
  const [row] = await world.database.look<{ refused: number; refusal: string | null }>(
    "SELECT refused, refusal FROM customerio_connection WHERE account_id = $1",
    [accountId],
  );
  return row!;
}

const sign = (body: string | Buffer, { timestamp = "1731000000", by = key } = {}) => ({
  "x-cio-timestamp": timestamp,
  "x-cio-signature": createHmac("sha256", by).update(`v0:${timestamp}:`).update(body).digest("hex"),
});

async function post(body: string | Buffer, headers: Record<string, string> = sign(body), to = url) {
  return fetch(to, { method: "POST", body: new Uint8Array(Buffer.from(body)), headers });
}

const opened = (change: object = {}, data: object = {}) =>
  JSON.stringify({
    event_id: randomUUID(),
    object_type: "email",
    metric: "opened",
    timestamp: 1_731_000_000,
    data: { identifiers: { id: null, email: "ana@x.test", cio_id: "a1b2" }, recipient: "ana@x.test", ...data },
    ...change,
  });

interface Stored {
  state: string;
  flag: string | null;
  body: string;
  last_error: string | null;
}

async function newest(): Promise<Stored> {
  const read = async () =>
    (
      await world.database.look<Stored>("SELECT * FROM delivery WHERE source = 'customerio' ORDER BY id DESC LIMIT 1")
    )[0];
  await until("it is dealt with", async () => (await read())?.state !== "new");
  return (await read())!;
}

const kept = (accountId = engaged.accountId) =>
  world.database.look<{ event_id: string; metric: string; subject: string | null; link: string | null; at: Date }>(
    "SELECT * FROM engagement_event WHERE account_id = $1 ORDER BY received_at, event_id",
    [accountId],
  );

test("a key that belongs to nobody is answered with 404, and nothing is stored", async () => {
  const body = opened();
  expect((await post(body, sign(body), url.replace(/[^/]+$/, "A".repeat(43)))).status).toBe(404);
  expect(await kept()).toEqual([]);
});

describe("what is signed rightly is answered with 2xx as soon as it is stored", () => {
  test.each<[string, () => string, string | null]>([
    ["an event of somebody unknown", () => opened(), null],
    ["a metric that is not known", () => opened({ metric: "teleported" }), "The metric teleported is not known."],
    ["a kind of message that is not known", () => opened({ object_type: "hologram" }), null],
    [
      "the form of long ago",
      () =>
        JSON.stringify({
          event_type: "email_delivered",
          event_id: "a1",
          timestamp: 1_352_005_930,
          data: { email_id: "3" },
        }),
      "It is in the form that reporting webhooks had long ago.",
    ],
    [
      "the test of the settings page",
      () => JSON.stringify({ hello: "world" }),
      "It is in no form of reporting webhooks that is known.",
    ],
    ["fields of other types", () => opened({}, { identifiers: [], campaign_id: {}, prefetched: "yes" }), null],
  ])("%s", async (_, body, flaw) => {
    expect((await post(body())).status).toBe(204);
    expect(await newest()).toMatchObject({ state: "done", last_error: flaw });
  });

  test("what is no JSON is kept as dead, and the next goes on", async () => {
    expect((await post("hello")).status).toBe(204);
    expect(await newest()).toMatchObject({ state: "dead", last_error: expect.stringMatching(/^Not readable as JSON/) });
  });

  test("more than 1 MB is kept in part and flagged", async () => {
    const body = opened({}, { content: "x".repeat(1024 * 1024) });
    expect((await post(body)).status).toBe(204);
    const { state, flag, body: stored } = await newest();
    expect({ state, flag }).toEqual({ state: "dead", flag: "The body was over 1 MB; its first 64 kB are kept." });
    expect(stored.length).toBe(64 * 1024);
  });

  test("more than is held at once is taken as well, because a refusal would hold up the account's whole queue", async () => {
    const body = opened({}, { content: "x".repeat(9 * 1024 * 1024) });
    expect((await post(body)).status).toBe(204);
    const { state, body: stored } = await newest();
    expect({ state, length: stored.length }).toEqual({ state: "dead", length: 64 * 1024 });
    expect((await post(body, sign(body, { by: "another key" }))).status).toBe(401);
  });

  test("NUL characters and lone halves of letters harm nothing", async () => {
    const body = opened({ event_id: "nul" }, { subject: "a\0b\ud83d" });
    expect((await post(body)).status).toBe(204);
    await newest();
    expect((await kept()).find(({ event_id }) => event_id === "nul")?.subject).toBe("ab\ufffd");
  });

  test("letters beyond ASCII are signed as the bytes they are sent as", async () => {
    const body = opened({ event_id: "utf8" }, { subject: "Ваша пропозиція 👍" });
    expect((await post(body)).status).toBe(204);
    await newest();
    expect((await kept()).find(({ event_id }) => event_id === "utf8")?.subject).toBe("Ваша пропозиція 👍");
  });

  test("a signature of days ago is taken: retries come for a week", async () => {
    const body = opened();
    expect((await post(body, sign(body, { timestamp: "1500000000" }))).status).toBe(204);
  });
});

test("an event that is told again is kept once, in whatever body", async () => {
  const body = opened({ event_id: "twice" });
  await Promise.all([post(body), post(body)]);
  await post(opened({ event_id: "twice", metric: "clicked" }));
  await until("all are dealt with", async () => (await newest()).state === "done");
  expect((await kept()).filter(({ event_id }) => event_id === "twice")).toMatchObject([{ metric: "opened" }]);
});

test.each([
  ["javascript:alert(1)", null],
  ["data:text/html,<script>alert(1)</script>", null],
  ["not a link", null],
  ["https://ana:secret@shop.test/pricing?token=abc#me", "https://shop.test/pricing"],
  ["http://shop.test", "http://shop.test/"],
])("of the link %s is kept what may be shown: %s", async (href, link) => {
  const event_id = randomUUID();
  await post(opened({ event_id, metric: "clicked" }, { href, link_id: 1 }));
  await newest();
  expect((await kept()).find((one) => one.event_id === event_id)).toMatchObject({ link });
});

describe("what is not signed rightly is refused with 401", () => {
  test.each<[string, (body: string) => Record<string, string>, string]>([
    ["by another key", (body) => sign(body, { by: "another" }), "wrong"],
    ["over another body", () => sign("{}"), "wrong"],
    ["for another time", (body) => ({ ...sign(body), "x-cio-timestamp": "1731000001" }), "wrong"],
    [
      "in capital letters",
      (body) => ({ ...sign(body), "x-cio-signature": sign(body)["x-cio-signature"].toUpperCase() }),
      "wrong",
    ],
    ["without a signature", (body) => ({ "x-cio-timestamp": sign(body)["x-cio-timestamp"] }), "no_signature"],
    ["without a time", (body) => ({ "x-cio-signature": sign(body)["x-cio-signature"] }), "no_signature"],
  ])("%s, and it is noted why", async (_, headers, refusal) => {
    await newest();
    const before = (await kept()).length;
    const body = opened();
    expect((await post(body, headers(body))).status).toBe(401);
    await until("it is noted", async () => (await noted(engaged)).refusal === refusal);
    expect((await noted(engaged)).refused).toBeGreaterThan(0);
    expect((await kept()).length).toBe(before);
    expect((await post(opened())).status).toBe(204);
    await until("it is noted that all is well", async () => (await noted(engaged)).refused === 0);
    expect(await webhookOf(engaged)).toMatchObject({
      state: "heard",
      refusal: null,
      lastRefusedAt: expect.any(String),
    });
  });

  test("as long as no key is pasted, because anybody could write", async () => {
    const fresh = await engage(world, { keys: { signingKey: null } });
    const { url: to } = await webhookOf(fresh);
    const body = opened();
    expect((await post(body, sign(body), to)).status).toBe(401);
    await until("it is noted", async () => (await noted(fresh)).refusal === "no_key");
    await connect(fresh.admin, { siteId: fresh.workspace.site_id, signingKey: key });
    expect((await post(body, sign(body), to)).status).toBe(204);
  });
});

test("what was refused comes again and nothing of it is lost, once the right key is pasted", async () => {
  const { customerio } = world;
  const fresh = await engage(world, { keys: { signingKey: "the-key-of-campaign-webhooks" } });
  const workspace = fresh.workspace.id;
  await fresh.admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
  await identify(fresh, "ana@x.test");
  const mail = customerio.control.mail.send({ workspace, email: "ana@x.test" });
  customerio.control.recipient.open({ workspace, ...mail });
  await until("it is noted", async () => (await noted(fresh)).refusal === "wrong");
  const waiting = () => customerio.control.webhooks.list({ workspace })[0]!.waiting;
  expect(waiting()).toBe(3);
  await connect(fresh.admin, keysOf(world, fresh.workspace));
  customerio.control.clock.advance({ seconds: 3_601 });
  await until("the queue is empty", () => waiting() === 0);
  await until("all is kept", async () => (await kept(fresh.accountId)).length === 3);
  expect((await kept(fresh.accountId)).map(({ metric }) => metric).sort()).toEqual(["delivered", "opened", "sent"]);
});

test.each([
  ["wrong-key", "wrong"],
  ["tampered-body", "wrong"],
  ["no-header", "no_signature"],
] as const)(
  "what Customer.io sends with %s waits there, and follows when it is signed rightly",
  async (as, refusal) => {
    const { webhooks, mail, clock } = world.customerio.control;
    const fresh = await engage(world);
    const workspace = fresh.workspace.id;
    await fresh.admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
    await identify(fresh, "ana@x.test");
    webhooks.sign({ workspace, as });
    mail.send({ workspace, email: "ana@x.test" });
    await until("it is noted", async () => (await noted(fresh)).refusal === refusal);
    expect(await kept(fresh.accountId)).toEqual([]);
    webhooks.sign({ workspace, as: "right" });
    clock.advance({ seconds: 3_601 });
    await until("all is kept", async () => (await kept(fresh.accountId)).length === 2);
    await until("it is noted that all is well", async () => (await noted(fresh)).refused === 0);
  },
);

test("what cannot be stored is refused for the moment, and comes again", async () => {
  const fresh = await engage(world);
  await fresh.admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
  await identify(fresh, "ana@x.test");
  const workspace = fresh.workspace.id;
  const store = vi.spyOn(Doors.prototype, "deliver").mockRejectedValueOnce(new Error("The database is away."));
  world.customerio.control.mail.send({ workspace, email: "ana@x.test" });
  await until("it was tried", () => store.mock.calls.length > 0);
  const [webhook] = world.customerio.control.webhooks.list({ workspace });
  expect(webhook!.waiting).toBe(2);
  store.mockRestore();
  // Not the hour that a refusal of the signature costs.
  world.customerio.control.clock.advance({ seconds: 61 });
  await until("all is kept", async () => (await kept(fresh.accountId)).length === 2);
});

test("after an uninstall nothing is stored, and nothing is refused", async () => {
  const fresh = await engage(world);
  const { url: to } = await webhookOf(fresh);
  await world.database.look("UPDATE account SET status = 'uninstalled' WHERE account_id = $1", [fresh.accountId]);
  expect((await post("{}", {}, to)).status).toBe(204);
  const rows = await world.database.look("SELECT 1 FROM delivery WHERE account_id = $1 AND source = 'customerio'", [
    fresh.accountId,
  ]);
  expect(rows).toEqual([]);
});

async function identify({ workspace }: Engaged, email: string, id?: string) {
  const { site_id, track_keys, origin } = workspace;
  await fetch(`${origin}/api/v1/customers/${encodeURIComponent(id ?? email)}`, {
    method: "PUT",
    headers: { authorization: `Basic ${Buffer.from(`${site_id}:${track_keys[0]}`).toString("base64")}` },
    body: JSON.stringify({ email }),
  });
}

test("that Customer.io is heard does not say that Kommo is", async () => {
  const heardAt = async () => {
    const sql = "SELECT last_heard_at FROM account WHERE account_id = $1";
    const [row] = await world.database.look<{ last_heard_at: Date }>(sql, [engaged.accountId]);
    return row!.last_heard_at.toISOString();
  };
  const before = "2020-01-01T00:00:00.000Z";
  await world.database.look("UPDATE account SET last_heard_at = $2 WHERE account_id = $1", [engaged.accountId, before]);
  expect((await post(opened({ event_id: "of-mails" }))).status).toBe(204);
  await until("it is unpacked", async () => (await kept()).some(({ event_id }) => event_id === "of-mails"));
  expect(await heardAt()).toBe(before);
  world.kommo.control.leads.create({ account: engaged.accountId, name: "Roof" });
  await until("Kommo is heard", async () => (await heardAt()) !== before);
});
