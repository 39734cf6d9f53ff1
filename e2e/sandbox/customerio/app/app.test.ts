import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { connected } from "../test-kit.ts";

const byEmail = { idType: "email" as never };
const DAY = 86_400;

let cio: Awaited<ReturnType<typeof connected>>;
beforeAll(async () => {
  cio = await connected({ switches: { appPerSecond: 0 } });
  await cio.track.identify("ana@x.test", { first_name: "Ana", open_deals: 2 });
});
beforeEach(() => cio.control.switches.set({ appPerSecond: 0 }));
afterAll(() => cio.stop());

/** Once through all pages. */
async function pages<Page>(read: (start: string) => Promise<Page & { next: string }>): Promise<Page[]> {
  const all: Page[] = [];
  let start = "0";
  do {
    const page = await read(start);
    all.push(page);
    start = page.next;
  } while (start !== "");
  return all;
}

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${cio.workspace.origin}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${cio.workspace.app_keys[0]}` },
  });

test("mails and activities are read page by page", async () => {
  const sent = Array.from({ length: 5 }, (_, index) =>
    cio.control.mail.send({ email: "ana@x.test", subject: `${index}` }),
  );
  const read = async (start: string) =>
    (await ask(`/v1/customers/ana%40x.test/messages?id_type=email&limit=2&start=${start}`)).json();
  const mails = await pages<{ messages: { id: string }[] }>(read);
  expect(mails.map(({ messages }) => messages.length)).toEqual([2, 2, 1]);
  expect(mails.flatMap(({ messages }) => messages.map(({ id }) => id))).toEqual(
    sent.map(({ delivery_id }) => delivery_id).reverse(),
  );
  for (const id of ["1", "2", "3"]) await cio.track.identify("ana@x.test", { id });
  const log = async (start: string) =>
    (
      await ask(
        `/v1/customers/ana%40x.test/activities?id_type=email&type=failed_attribute_change&limit=1&start=${start}`,
      )
    ).json();
  expect(await pages<{ activities: object[] }>(log)).toHaveLength(2);
});

test("the log of a person and his mails say what machines read and what he did", async () => {
  await cio.track.identify("reader@x.test");
  const mail = cio.control.mail.send({ email: "reader@x.test" });
  cio.control.recipient.machineOpen(mail);
  cio.control.recipient.open(mail);
  cio.control.recipient.open(mail);
  cio.control.recipient.click({ ...mail, machine: true });
  const { messages } = await cio.app.getCustomerMessages("reader@x.test", byEmail);
  expect(messages).toMatchObject([{ metrics: { human_opened: 2, prefetch_opened: 1, prefetch_clicked: 1 } }]);
  expect((messages as { metrics: object }[])[0]!.metrics).not.toHaveProperty("human_clicked");
  const opened = await ask("/v1/customers/reader%40x.test/activities?id_type=email&type=opened_email");
  expect(((await opened.json()) as { activities: object[] }).activities).toHaveLength(3);
});

test("of a range longer than six months only the newest six are told", async () => {
  const { now } = cio.control.clock.read();
  cio.control.mail.send({ email: "ana@x.test", subject: "Long ago" });
  cio.control.clock.advance({ seconds: 200 * DAY });
  cio.control.mail.send({ email: "ana@x.test", subject: "Just now" });
  const { messages } = await cio.app.getCustomerMessages("ana@x.test", { ...byEmail, startTs: now - DAY } as never);
  expect((messages as { subject: string }[]).map(({ subject }) => subject)).toEqual(["Just now"]);
});

test("attributes come back as texts, and an identifier that is none here is a bad request", async () => {
  const { customer } = await cio.app.getAttributes("ana@x.test", "email" as never);
  expect(customer).toMatchObject({ attributes: { first_name: "Ana", open_deals: "2" } });
  await expect(cio.app.getAttributes("nobody@x.test", "email" as never)).rejects.toMatchObject({ statusCode: 404 });
  const { id, origin, app_keys } = cio.control.workspaces.create({ identifiedBy: "id" });
  const headers = { authorization: `Bearer ${app_keys[0]}` };
  const refused = await fetch(`${origin}/v1/customers/a%40x.test/attributes?id_type=email`, { headers });
  expect([refused.status, id]).toEqual([400, cio.workspace.id + 1]);
});

test("an address with a plus sign is found only when it is encoded, and nobody is an empty list", async () => {
  await cio.track.identify("plus+me@x.test");
  expect(await cio.app.getCustomersByEmail("plus+me@x.test")).toMatchObject({ results: [{ email: "plus+me@x.test" }] });
  expect(await (await ask("/v1/customers?email=plus+me@x.test")).json()).toEqual({ results: [] });
});

test("campaigns, broadcasts, newsletters and single messages tell their names", async () => {
  const workspace = cio.workspace.id;
  cio.control.campaigns.define({ workspace, name: "After a move", subject: "Next", event_name: "deal_stage_changed" });
  const { newsletter_id } = cio.control.mail.newsletter({ workspace, name: "May" });
  const broadcast = cio.control.campaigns.addMailing({ workspace, kind: "broadcasts", name: "Fair" });
  const receipt = cio.control.campaigns.addMailing({ workspace, kind: "transactional", name: "Receipt" });
  expect(await cio.app.listCampaigns()).toMatchObject({
    campaigns: [
      { id: 7, name: "Quotes" },
      { id: 8, event_name: "deal_stage_changed", state: "running" },
    ],
  });
  expect(await cio.app.getCampaign(8)).toMatchObject({ campaign: { id: 8, name: "After a move" } });
  expect(await cio.app.getNewsletter(newsletter_id)).toMatchObject({ newsletter: { name: "May" } });
  expect(await cio.app.getBroadcast(broadcast.id)).toMatchObject({ broadcast: { name: "Fair" } });
  expect(await (await ask(`/v1/transactional/${receipt.id}`)).json()).toMatchObject({ message: { name: "Receipt" } });
  await expect(cio.app.getCampaign(99)).rejects.toMatchObject({ statusCode: 404 });
});

test("a reporting webhook is made, read, changed and deleted by its number", async () => {
  const wish = { name: "CRM", endpoint: "https://crm.test/hook", events: ["email_opened", "customer_unsubscribed"] };
  const post = (method: string, path: string, body: object) => ask(path, { method, body: JSON.stringify(body) });
  const { id } = await (await post("POST", "/v1/reporting_webhooks", wish)).json();
  const path = `/v1/reporting_webhooks/${id}`;
  expect(await (await ask(path)).json()).toMatchObject({ ...wish, full_resolution: false, type: "webhook" });
  const changed = { ...wish, full_resolution: true, disabled: true };
  expect(await (await post("PUT", path, changed)).json()).toMatchObject(changed);
  expect(await (await ask("/v1/reporting_webhooks")).json()).toMatchObject({
    reporting_webhooks: [{ id, ...changed }],
  });
  expect((await post("POST", "/v1/reporting_webhooks", { ...wish, events: ["opened"] })).status).toBe(400);
  expect((await ask(path, { method: "DELETE" })).status).toBe(204);
  expect((await ask(path)).status).toBe(404);
  expect((await post("PUT", path, changed)).status).toBe(404);
});

test("a replaced key is refused from then on, the new one is not", async () => {
  const old = cio.workspace.app_keys[0];
  const asked = (key: string) =>
    fetch(`${cio.workspace.origin}/v1/object_types`, { headers: { authorization: `Bearer ${key}` } });
  expect((await asked(old!)).status).toBe(200);
  const { key } = cio.control.workspaces.replaceKey({ workspace: cio.workspace.id, kind: "app" });
  expect((await asked(old!)).status).toBe(401);
  expect((await asked(key)).status).toBe(200);
  cio.workspace.app_keys[0] = key;
  cio.control.workspaces.replaceKey({ workspace: cio.workspace.id, kind: "track" });
  await expect(cio.track.identify("ana@x.test")).rejects.toMatchObject({ statusCode: 401 });
});

test("the eleventh call of a second is turned away without a word", async () => {
  cio.control.switches.set({ appPerSecond: 10 });
  const answers = await Promise.all(Array.from({ length: 25 }, () => ask("/v1/object_types")));
  const turned = answers.filter(({ status }) => status === 429);
  expect(turned.length).toBeGreaterThan(0);
  expect(await turned[0]!.text()).toBe("");
});
