import { afterEach, beforeEach, expect, it } from "vitest";
import { type Connected, connected, type Receiver, receiver } from "../test-kit.ts";

let acme: Connected;
let inbox: Receiver;
const MINUTE = 60;

beforeEach(async () => {
  [acme, inbox] = await Promise.all([connected(), receiver()]);
});
afterEach(async () => {
  await acme.kommo.stop();
  await inbox.stop();
});

async function subscribe(...settings: string[]) {
  await acme.api("POST", "/webhooks", { destination: `${inbox.url}/hook`, settings });
}

async function settled(attempts: number) {
  await inbox.until(attempts);
  while (acme.kommo.control.ledger.deliveries().length < attempts) await new Promise((wake) => setTimeout(wake, 2));
}

it("arrives form-encoded with the headers that Kommo sends, and no signature", async () => {
  await subscribe("add_lead");
  acme.kommo.control.leads.create({ name: "A & B = C", tags: ["site"] });
  const [hook] = await inbox.until(1);
  expect(hook!.headers).toMatchObject({
    "user-agent": "amoCRM-Webhooks/3.0",
    "content-type": "application/x-www-form-urlencoded",
    "accept-encoding": "gzip",
  });
  expect(hook!.headers["x-amocrm-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(hook!.form.leads.add[0]).toMatchObject({ name: "A & B = C", tags: [{ name: "site" }] });
  expect(hook!.form.account).toMatchObject({ id: String(acme.account.id), subdomain: "acme" });
});

it("fires for API writes as for a person's, and a moved stage is both a status and an update", async () => {
  const { id } = acme.kommo.control.leads.create({ user_id: acme.rep });
  await subscribe("status_lead", "update_lead");
  await acme.api("PATCH", "/leads", [{ id, status_id: acme.stages[2] }]);
  await inbox.until(2);
  const bodies = inbox.received.map((one) => one.form.leads);
  const status = bodies.find((one) => one.status)!.status[0];
  expect(status).toMatchObject({
    status_id: String(acme.stages[2]),
    old_status_id: String(acme.stages[1]),
    modified_user_id: String(acme.admin),
  });
  expect(bodies.find((one) => one.update)!.update[0].created_user_id).toBe(String(acme.rep));
});

it("tells a company under contacts, and its new responsible user as an update", async () => {
  await subscribe("add_company", "responsible_company");
  const { id } = acme.kommo.control.contacts.create({ entity: "companies", name: "Nordwind" });
  acme.kommo.control.contacts.edit({ entity: "companies", id, responsible_user_id: acme.rep });
  await inbox.until(2);
  expect(inbox.received.map((one) => one.form.contacts)).toMatchObject([
    { add: [{ name: "Nordwind", type: "company" }] },
    {
      update: [{ type: "company", responsible_user_id: String(acme.rep), old_responsible_user_id: String(acme.admin) }],
    },
  ]);
});

it("brings messages, talks, tasks and notes under their own keys", async () => {
  await subscribe("add_message", "add_outgoing_message", "add_talk", "add_task", "note_lead", "add_unsorted");
  const { lead_id, talk_id } = acme.kommo.control.chats.message({ text: "Hi", name: "Dana" });
  acme.kommo.control.chats.message({ text: "Hello", direction: "out", talk_id });
  acme.kommo.control.tasks.create({ lead_id: lead_id!, text: "Call" });
  acme.kommo.control.leads.addNote({ id: lead_id!, text: "x" });
  const forms = (await inbox.until(6)).map((one) => one.form);
  const keys = forms.map((form) =>
    Object.keys(form)
      .filter((key) => key !== "account")
      .join(),
  );
  expect(keys.sort()).toEqual(["leads", "message", "outgoing_message", "talk", "task", "unsorted"]);
  expect(forms.find((form) => form.unsorted).unsorted.add[0].source_data.data[0].text).toBe("Hi");
});

it("is one entity per body, unless the switch lets them share one", async () => {
  const ids = [1, 2, 3].map(() => acme.kommo.control.leads.create({}).id);
  await subscribe("update_lead");
  acme.kommo.control.switches.set({ hooksShareBody: true });
  await acme.api(
    "PATCH",
    "/leads",
    ids.map((id) => ({ id, name: "together" })),
  );
  const [shared] = await inbox.until(1);
  expect(shared!.form.leads.update).toHaveLength(3);
  acme.kommo.control.switches.set({ hooksShareBody: false });
  await acme.api(
    "PATCH",
    "/leads",
    ids.map((id) => ({ id, name: "alone" })),
  );
  const later = (await inbox.until(4)).slice(1);
  expect(later.map((one) => one.form.leads.update.length)).toEqual([1, 1, 1]);
});

it("is sent five times to a server that fails, and three times to one that refuses", async () => {
  await subscribe("add_lead");
  for (const [status, attempts] of [
    [500, 5],
    [404, 3],
    [302, 3],
  ] as const) {
    inbox.received.length = 0;
    acme.kommo.control.ledger.reset();
    inbox.answer = (response) => response.writeHead(status).end();
    acme.kommo.control.leads.create({});
    for (const [attempt, wait] of [5, 15, 15, 60, 60].entries()) {
      await settled(Math.min(attempt + 1, attempts));
      acme.kommo.control.clock.advance({ seconds: wait * MINUTE + 1 });
    }
    await new Promise((wake) => setTimeout(wake, 30));
    expect(inbox.received.length, `attempts after ${status}`).toBe(attempts);
  }
});

it("ends after an accepted attempt", async () => {
  await subscribe("add_lead");
  inbox.answer = (response, count) => response.writeHead(count === 1 ? 503 : 200).end();
  acme.kommo.control.leads.create({});
  await settled(1);
  acme.kommo.control.clock.advance({ seconds: 5 * MINUTE + 1 });
  await settled(2);
  acme.kommo.control.clock.advance({ seconds: 60 * MINUTE });
  expect(acme.kommo.control.ledger.deliveries().map((one) => one.status)).toEqual([503, 200]);
});

it("is switched off after more than 100 bad answers in two hours, and on again by saving it", async () => {
  await subscribe("add_lead");
  inbox.answer = (response) => response.writeHead(500).end();
  await acme.kommo.control.leads.createMany({ count: 101 });
  await settled(101);
  const disabled = async () => (await acme.api("GET", "/webhooks")).body._embedded.webhooks[0].disabled;
  expect(await disabled()).toBe(true);
  acme.kommo.control.leads.create({});
  expect(inbox.received.length).toBe(101);
  await subscribe("add_lead");
  expect(await disabled()).toBe(false);
  expect(acme.kommo.control.hooks.disable({})).toEqual({ disabled: 1 });
  expect(await disabled()).toBe(true);
});

it("can be dropped, doubled and reordered on demand, the same way for the same seed", async () => {
  await subscribe("add_lead");
  await acme.kommo.control.hooks.weather({ dropRate: 1 });
  acme.kommo.control.leads.create({ name: "lost" });
  await acme.kommo.control.hooks.weather({ duplicateRate: 1 });
  acme.kommo.control.leads.create({ name: "twice" });
  await inbox.until(2);
  await acme.kommo.control.hooks.weather({ reorderWithinMs: 50 });
  await acme.kommo.control.leads.createMany({ count: 20, lead: { name: "{n}" } });
  await inbox.until(22);
  const names = inbox.received.map((one) => one.form.leads.add[0].name);
  expect(names.slice(0, 2)).toEqual(["twice", "twice"]);
  expect(names.slice(2).sort()).toEqual(Array.from({ length: 20 }, (_, n) => String(n + 1)).sort());
  expect(names.slice(2)).not.toEqual(Array.from({ length: 20 }, (_, n) => String(n + 1)));
});

it("counts an answer that takes too long as 499", async () => {
  await acme.kommo.stop();
  acme = await connected({ hookTimeoutMs: 20 });
  await subscribe("add_lead");
  inbox.answer = () => {};
  acme.kommo.control.leads.create({});
  await settled(1);
  expect(acme.kommo.control.ledger.deliveries()[0]!.status).toBe(499);
});

it("sends any body on request, once", async () => {
  const raw = "leads[add][0][id]=1&leads[add][0][name]=raw";
  expect(await acme.kommo.control.hooks.send({ url: inbox.url, body: raw })).toEqual({ status: 204 });
  expect(inbox.received[0]!.raw).toBe(raw);
});
