import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
beforeEach(() => world.customerio.control.faults.clear());
afterAll(() => world?.stop());

const eventsOf = ({ customerio, workspace }: Mailed) => customerio.people.events({ workspace }).map(({ name }) => name);
const subscribed = ({ customerio, workspace }: Mailed, email: string) =>
  !customerio.people.list({ workspace }).find((one) => one.email === email)!.unsubscribed;

test("what waits to start a campaign starts none for somebody who has unsubscribed meanwhile", async () => {
  const account = await Mailed.open(world, { isOn: true });
  const leadId = await account.deal("ana@x.test");
  await until("the deal is told", () => eventsOf(account).includes("deal_created"));
  const mail = account.mail("ana@x.test");
  const match = { path: "/api/v2/batch", account: account.workspace };
  world.customerio.control.faults.add({ match, effect: { kind: "answer", status: 503 } });
  account.control.leads.move({ account: account.id, id: leadId, status_id: account.installed.statusIds[1]! });
  await until("it waits", async () => {
    const waiting = "SELECT 1 FROM customerio_write WHERE account_id = $1 AND kind = 'event' AND state = 'due'";
    return (await account.look(waiting, [account.id])).length > 0;
  });
  mail.unsubscribe();
  await until("it is heard", async () => (await account.person("ana@x.test"))?.unsubscribed_by === "customerio");
  world.customerio.control.faults.clear();
  await account.look("UPDATE work SET due_at = now() WHERE account_id = $1", [account.id]);
  await until("what is left is sent", async () => {
    const due = "SELECT 1 FROM customerio_write WHERE account_id = $1 AND state = 'due'";
    return (await account.look(due, [account.id])).length === 0;
  });
  expect(eventsOf(account)).toEqual(["deal_created"]);
});

test("who subscribes again is not unsubscribed by the box that his first word has ticked", async () => {
  const account = await Mailed.open(world);
  const optOutFieldId = await account.checkbox();
  await account.want({ isOn: true, optOutFieldId });
  const leadId = await account.deal("bo@x.test");
  await until("the deal is told", () => eventsOf(account).includes("deal_created"));
  account.mail("bo@x.test").unsubscribe();
  const isTicked = async () => (await account.shown(account.contactOf(leadId), optOutFieldId)) === true;
  await until("the box is ticked", isTicked);
  await account.settled();
  const { cio_id } = account.customerio.people
    .list({ workspace: account.workspace })
    .find((one) => one.email === "bo@x.test")!;
  const { site_id, track_keys, origin } = account.engaged.workspace;
  const authorization = `Basic ${Buffer.from(`${site_id}:${track_keys[0]}`).toString("base64")}`;
  await fetch(`${origin}/api/v1/customers/cio_${cio_id}`, {
    ...{ method: "PUT", headers: { authorization }, body: JSON.stringify({ unsubscribed: false }) },
  });
  await until("it is heard", async () => (await account.person("bo@x.test"))?.unsubscribed_by === null);
  account.control.leads.edit({ account: account.id, id: leadId, price: 900 });
  await until("the price is told", () => {
    const one = account.customerio.people
      .list({ workspace: account.workspace })
      .find(({ email }) => email === "bo@x.test");
    return one?.attributes.deal_price === 900;
  });
  expect([subscribed(account, "bo@x.test"), await isTicked()]).toEqual([true, true]);
});
