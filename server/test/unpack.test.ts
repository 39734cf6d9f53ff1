import { afterAll, beforeAll, expect, test } from "vitest";
import { lockLeads } from "../src/database/lock-leads.ts";
import { Tenancy } from "../src/database/tenancy.ts";
import { Listeners } from "../src/webhooks/listeners.ts";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { wire } from "./wire-examples.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let url: string;
/** Leads of which a listener was told; it chokes on some. */
const heard: number[] = [];
const POISON = 666;
/** Of this one the database fails as often as it says here, as in a deadlock. */
const UNLUCKY = 777;
let mishaps = 0;
/** Whether more than one at a time is too much for the database. */
let slow = false;
beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await installAccount(world, { triggers: { onCreation: false, onContentChange: false } });
  url = account.control.hooks.list({ account: account.id })[0]!.destination;
  world.server.app.get(Listeners).add({
    name: "ear",
    types: ["lead.added", "lead.deleted"],
    hear: async (tx, _account, events) => {
      const ids = events.flatMap((event) => ("leadId" in event && event.leadId ? [event.leadId] : []));
      if (ids.includes(UNLUCKY) && mishaps-- > 0) {
        await tx.query("DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$");
      }
      if (slow && ids.length > 1) {
        await tx.query("SET LOCAL statement_timeout = 10");
        await tx.query("SELECT pg_sleep(10)");
      }
      if (ids.includes(POISON)) throw new Error(`choked on ${POISON}`);
      heard.push(...ids);
    },
  });
});
afterAll(() => world?.stop());

/** A body of the contract as if it were this account's. */
const own = (body: string) => body.replaceAll("30417755", String(account.id));
const post = async (body: string) => expect((await fetch(url, { method: "POST", body })).status).toBe(204);
const added = (leadId: number) => `account[id]=${account.id}&leads[add][0][id]=${leadId}`;

interface Stored {
  state: string;
  attempts: number;
  last_error: string | null;
}

async function dealtWith(like: string): Promise<Stored[]> {
  const rows = () =>
    account.look<Stored>("SELECT state, attempts, last_error FROM delivery WHERE body LIKE $1 ORDER BY id", [like]);
  await until("all are dealt with", async () => (await rows()).every((row) => row.state !== "new"));
  return rows();
}

test.each(["at once", "one after the other"])("the same body three times, %s, has one effect", async (how) => {
  const body = own(wire.messageReceived).replace("6f2d1c1e", how === "at once" ? "00000001" : "00000002");
  if (how === "at once") await Promise.all([post(body), post(body), post(body)]);
  else for (const _ of [1, 2, 3]) await post(body).then(() => dealtWith("%"));
  const marked = await dealtWith(`%${how === "at once" ? "00000001" : "00000002"}%`);
  expect(marked.map((row) => row.state).toSorted()).toEqual(["done", "duplicate", "duplicate"]);
});

test("a body without a time in it is taken each time", async () => {
  const before = heard.filter((id) => id === 71500321).length;
  for (const _ of [1, 2]) await post(own(wire.leadDeleted));
  expect((await dealtWith("%delete%")).map((row) => row.state)).toEqual(["done", "done"]);
  expect(heard.filter((id) => id === 71500321).length - before).toBe(2);
});

test("the same body after three hours is a new happening", async () => {
  const body = own(wire.leadAdded);
  await post(body);
  await dealtWith("%");
  await account.look("UPDATE delivery SET received_at = received_at - interval '181 minutes'");
  await post(body);
  expect((await dealtWith("%Website+request%")).map((row) => row.state)).toEqual(["done", "done"]);
});

test("a delivery that a listener chokes on is dead after three attempts, and those around it go on", async () => {
  heard.length = 0;
  await Promise.all([1, 2, POISON, 3, 4].map((id) => post(added(id))));
  const [dead] = (await dealtWith(`%=${POISON}`)) as [Stored];
  expect(dead).toEqual({ state: "dead", attempts: 3, last_error: `choked on ${POISON}` });
  for (const id of [1, 2, 3, 4]) expect(await dealtWith(`%=${id}`)).toMatchObject([{ state: "done" }]);
  // Told twice would be two effects: what was undone with the poison was told again, what was kept was not.
  expect(new Set(heard)).toEqual(new Set([1, 2, 3, 4]));
  await post(added(5));
  expect(await dealtWith("%=5")).toMatchObject([{ state: "done" }]);
});

test("a deadlock is no delivery's fault: it is heard again until it works", async () => {
  mishaps = 4;
  await Promise.all([11, UNLUCKY, 12].map((id) => post(added(id))));
  const [row] = await dealtWith(`%=${UNLUCKY}`);
  expect(row).toEqual({ state: "done", attempts: 0, last_error: null });
  for (const id of [11, 12]) expect(await dealtWith(`%=${id}`)).toMatchObject([{ state: "done", attempts: 0 }]);
  expect(mishaps).toBeLessThan(0);
});

test("a batch that takes longer than a statement may is taken one by one", async () => {
  slow = true;
  await Promise.all([21, 22, 23].map((id) => post(added(id))));
  for (const id of [21, 22, 23]) expect(await dealtWith(`%=${id}`)).toMatchObject([{ state: "done", attempts: 0 }]);
  slow = false;
});

test("events in any order never wait for each other in a circle", async () => {
  const tenancy = world.server.app.get(Tenancy);
  const listeners = world.server.app.get(Listeners);
  const to = { pipelineId: 1, statusId: 2 };
  const move = (leadId: number) => ({
    ...{ type: "lead.stage_changed" as const, leadId, from: { pipelineId: 1, statusId: 1 }, to, at: new Date() },
  });
  const message = (leadId: number) => ({
    ...{ type: "message.received" as const, messageId: `circle ${leadId}`, leadId, contactId: undefined, talkId: 1 },
    ...{ text: "Hi", author: "", origin: "", at: new Date() },
  });
  const note = (leadId: number) => ({
    ...{ type: "lead.noted" as const, leadId, noteId: leadId, noteType: 4, text: "", createdBy: 1, at: new Date() },
  });
  const [low, high] = [9_001, 9_002];
  for (const kind of [move, message, note]) {
    let telling: Promise<void> | undefined;
    // Locks as a listener does that heard them the other way round.
    await tenancy.run(account.id, async (tx) => {
      await lockLeads(tx, account.id, [low]);
      telling = tenancy.run(account.id, (other) => listeners.tell(other, account.id, [kind(high), kind(low)]));
      telling.catch(() => {});
      await until("it waits", async () => {
        const [row] = await account.look<{ n: number }>(
          "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return (row?.n ?? 0) > 0;
      });
      await lockLeads(tx, account.id, [high]);
    });
    await telling;
  }
});
