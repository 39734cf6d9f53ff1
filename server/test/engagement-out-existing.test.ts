import { DealsSent, Preview } from "@dealscope/shared/customerio";
import { EngagementSettings } from "@dealscope/shared/engagement";
import { WON } from "@dealscope/shared/stage-ref";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";
import { Browser } from "./widget-api-kit.ts";
import { until } from "./world.ts";

const SENT = "/api/engagement/deals-sent";
const PREVIEW = "/api/engagement/preview";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

/** An account with deals from before any of them was told. */
async function withPast(count: number) {
  const teller = await Teller.open(world, { isOn: false });
  const ids = Array.from({ length: count }, (_, n) =>
    teller.deal(`p${n}@x.test`, { name: `Deal ${n}`, price: 100 + n }),
  );
  teller.move(ids[0]!, WON);
  await teller.told();
  await teller.look(
    "UPDATE customerio_connection SET told_from = app_now() + interval '2 seconds' WHERE account_id = $1",
    [teller.id],
  );
  await teller.tellBy();
  return { teller, ids };
}

const sent = (teller: Teller) => teller.engaged.admin.get(DealsSent, SENT);
const ended = (teller: Teller) => until("all are sent", async () => (await sent(teller)).endedAt !== null);

test("existing deals are sent with their attributes, open and closed ones, and start nothing", async () => {
  const { teller, ids } = await withPast(5);
  expect(await sent(teller)).toMatchObject({ state: "none", total: 0 });
  const begun = await teller.engaged.admin.send(DealsSent, SENT, {});
  expect(begun).toMatchObject({ state: "counting", done: 0, startedAt: expect.any(String), endedAt: null });
  await ended(teller);
  expect(await sent(teller)).toMatchObject({ state: "done", total: 5, done: 5, failed: 0 });
  await teller.told();
  expect(teller.people().size).toBe(5);
  expect(teller.attributes("p0@x.test")).toMatchObject({ deal_id: ids[0], deal_status: "won", deals_won_value: 100 });
  expect(teller.attributes("p4@x.test")).toMatchObject({ deal_id: ids[4], deal_status: "open", deal_price: 104 });
  expect(teller.names()).toEqual([]);
});

test("what happens to a deal while it is being sent is told as ever", async () => {
  const { teller, ids } = await withPast(2);
  await until("it is told from now on", async () => {
    const [row] = await teller.look(
      "SELECT 1 FROM customerio_connection WHERE account_id = $1 AND told_from < app_now()",
      [teller.id],
    );
    return row !== undefined;
  });
  await teller.engaged.admin.send(DealsSent, SENT, {});
  teller.move(ids[1]!, teller.stage(2));
  await ended(teller);
  await teller.told();
  await until("the move is told", () => teller.names().length > 0);
  expect(teller.names()).toEqual(["deal_stage_changed"]);
});

test("what the sending waits for is said, and it goes on by itself", async () => {
  const { teller } = await withPast(2);
  const fault = { kind: "answer", status: 503, body: {} } as const;
  world.customerio.control.faults.add({ match: { account: teller.workspace }, effect: fault });
  // Reading a page takes its time, so that somebody looks while it lasts.
  await teller.control.faults.add({
    match: { account: teller.id, path: "/api/v4/contacts" },
    effect: { kind: "answer", status: 503, body: {} },
    times: 3,
  });
  await teller.engaged.admin.send(DealsSent, SENT, {});
  await until("it is said", async () => (await sent(teller)).waitingFor !== null);
  teller.control.faults.clear();
  world.customerio.control.faults.clear();
  await until("all are sent", async () => {
    await teller.hurry("work");
    return (await sent(teller)).state === "done" && teller.people().size === 2;
  });
  expect(await sent(teller)).toMatchObject({ done: 2, failed: 0, waitingFor: null });
});

test("sending is cancelled at once, and can be begun anew", async () => {
  const { teller } = await withPast(3);
  teller.control.faults.add({
    match: { account: teller.id, path: "/api/v4/leads" },
    effect: { kind: "answer", status: 503, body: {} },
  });
  await teller.engaged.admin.send(DealsSent, SENT, {});
  expect(await teller.engaged.admin.refusal(SENT, { method: "POST" })).toEqual([409, "conflict"]);
  expect(await teller.engaged.admin.send(DealsSent, SENT, { method: "DELETE" })).toMatchObject({ state: "cancelled" });
  expect(await teller.engaged.admin.refusal(SENT, { method: "DELETE" })).toEqual([409, "conflict"]);
  teller.control.faults.clear();
  await teller.hurry("work");
  await teller.told();
  expect(teller.people().size).toBe(0);
  await teller.engaged.admin.send(DealsSent, SENT, {});
  await ended(teller);
  await teller.told();
  expect(teller.people().size).toBe(3);
});

test("deals that are queued when sending is cancelled are not sent any more", async () => {
  const { teller } = await withPast(3);
  teller.control.faults.add({
    match: { account: teller.id, path: "/api/v4/contacts" },
    effect: { kind: "answer", status: 503, body: {} },
  });
  await teller.engaged.admin.send(DealsSent, SENT, {});
  await until("all of them wait for Kommo", async () => {
    const waiting = await teller.look(
      `SELECT 1 FROM work WHERE account_id = $1 AND kind = 'customerio_deal' AND waits > 0 AND lease_token IS NULL
          AND due_at > app_now() + interval '500 ms'`,
      [teller.id],
    );
    return waiting.length === 3;
  });
  expect(await teller.engaged.admin.send(DealsSent, SENT, { method: "DELETE" })).toMatchObject({ done: 0, total: 3 });
  teller.control.faults.clear();
  await teller.hurry("work");
  await teller.told();
  expect(teller.people().size).toBe(0);
});

test("where deals are not told, existing ones are not sent either", async () => {
  const teller = await Teller.open(world, { isOn: false });
  const answer = await teller.engaged.admin.ask(SENT, { method: "POST" });
  expect(answer).toMatchObject({
    status: 409,
    body: { error: { message: expect.stringMatching(/switch telling on/) } },
  });
});

const settings = (wish: object = {}) => EngagementSettings.parse(wish);

test("a preview shows what would be sent of a real lead by settings that are not saved, and sends nothing", async () => {
  const teller = await Teller.open(world, { isOn: false });
  const { id: area } = teller.control.fields.create({
    account: teller.id,
    entity: "leads",
    name: "Area",
    type: "text",
  });
  const { id: notes } = teller.control.fields.create({
    ...{ account: teller.id, entity: "contacts", name: "About", type: "textarea" },
  });
  const about = "ä".repeat(600);
  const id = teller.create({
    ...{ name: "Roof", price: 70, fields: { Area: "large" } },
    contact: { name: "Ana", email: "ana@x.test", fields: { About: about } },
  });
  teller.control.leads.addContact({ account: teller.id, id, name: "Bo" });
  const wish = settings({
    ...{ speaksFor: { who: "all" }, prefix: "offer_", objectTypeId: "3" },
    fields: [
      { entity: "lead", fieldId: area, attribute: "area", type: "number" },
      { entity: "contact", fieldId: notes, attribute: "about", type: "text" },
    ],
  });
  const preview = await teller.engaged.admin.send(Preview, PREVIEW, { body: { leadId: id, settings: wish } });
  expect(preview.people).toMatchObject([
    {
      ...{ contactId: teller.contactOf(id), name: "Ana", identifier: { by: "email", value: "ana@x.test" } },
      attributes: { offer_id: id, offer_price: 70, deals_open: 1, about: "ä".repeat(500) },
    },
    { name: "Bo", identifier: null },
  ]);
  expect(preview.event).toMatchObject({ deal_id: id, name: "Roof", price: 70 });
  expect(preview.object).toMatchObject({ deal_id: id });
  expect(preview.problems).toEqual([
    "area: “large” is no number, so it is not sent.",
    "about: only the first 1000 bytes are sent; Customer.io takes no longer texts.",
    "Bo has no e-mail address of up to 150 bytes, so nothing is sent of this person.",
  ]);
  expect(teller.people().size).toBe(0);
});

test("a preview says when a person would be shown with another deal, and when nobody would be told", async () => {
  const teller = await Teller.open(world);
  const first = teller.deal("ana@x.test");
  await teller.told();
  const second = teller.create({ name: "Second" });
  await teller.linkMain(second, teller.contactOf(first));
  await teller.told();
  const ask = (wish: object) =>
    teller.engaged.admin.send(Preview, PREVIEW, { body: { leadId: first, settings: settings(wish) } });
  expect((await ask({})).problems).toEqual([
    expect.stringMatching(new RegExp(`is shown with another deal, ${second}`)),
  ]);
  expect((await ask({ speaksFor: { who: "roles", roles: ["lawyer"] } })).problems).toEqual([
    "This deal speaks for nobody, so nobody is told of it.",
  ]);
  expect(
    await teller.engaged.admin.refusal(PREVIEW, { body: { leadId: 999, settings: settings() }, method: "POST" }),
  ).toEqual([404, "not_found"]);
});

test("all of this is for administrators", async () => {
  const teller = await Teller.open(world);
  const { id } = teller.control.accounts.addUser({ account: teller.id, name: "Robin" });
  const rep = await Browser.open(world, teller.id, id);
  expect(await rep.refusal(SENT)).toEqual([403, "forbidden"]);
  expect(await rep.refusal(SENT, { method: "POST" })).toEqual([403, "forbidden"]);
  expect(await rep.refusal(SENT, { method: "DELETE" })).toEqual([403, "forbidden"]);
  const body = { leadId: 1, settings: settings() };
  expect(await rep.refusal(PREVIEW, { method: "POST", body })).toEqual([403, "forbidden"]);
});
