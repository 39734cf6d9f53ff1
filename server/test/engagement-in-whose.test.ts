import { afterAll, beforeAll, expect, test } from "vitest";
import { about, inSeconds, Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
let account: Mailed;
beforeAll(async () => {
  world = await startEngagementWorld();
  account = await Mailed.open(world);
});
afterAll(() => world?.stop());

/** Another address for each test, so that they do not meet. */
let people = 0;
const address = () => `ana${++people}@x.test`;

async function whose(one: Mailed, eventId: string) {
  await one.settled();
  const [event] = await one.events(`event_id = '${eventId}'`);
  return { leadId: event!.lead_id, contactId: event!.contact_id };
}

test("what is read of a mail belongs to the open deal of whoever has the address, in whatever letter case", async () => {
  const email = address();
  const leadId = await account.deal(email);
  const told = about(email.toUpperCase(), "opened");
  expect(await account.post(told)).toBe(204);
  expect(await whose(account, told.event_id)).toEqual({ leadId, contactId: account.contactOf(leadId) });
});

test("of somebody with many deals the open one that was made last is taken", async () => {
  const email = address();
  const ids = [await account.deal(email)];
  const contactId = account.contactOf(ids[0]!);
  for (const _ of [1, 2, 3]) {
    const id = account.create({ name: "Another" });
    await account.link(id, contactId);
    ids.push(id);
  }
  account.control.leads.move({ account: account.id, id: ids[3]!, status_id: 142 });
  for (const id of ids) await account.read(id);
  const told = about(email, "opened");
  await account.post(told);
  expect(await whose(account, told.event_id)).toEqual({ leadId: ids[2], contactId });
});

test("a mail that our own event has started is that very deal's, also when another was made later", async () => {
  const email = address();
  const exact = await account.deal(email);
  // Of somebody who shares the mailbox.
  const later = await account.deal(email);
  const event = "01JC9YV4R2M8T0K6Q3W5X7Z9AB";
  await account.look(
    `INSERT INTO customerio_write (account_id, lead_id, kind, operation, event_id, state) VALUES ($1, $2, 'event', '{}', $3, 'sent')`,
    [account.id, exact, event],
  );
  const ours = about(email, "opened", { trigger_event_id: event });
  const another = about(email, "opened", { trigger_event_id: "01JC9YV4R2M8T0K6Q3W5X7Z9AC" });
  await account.post(ours);
  await account.post(another);
  expect(await whose(account, ours.event_id)).toEqual({ leadId: exact, contactId: account.contactOf(exact) });
  expect(await whose(account, another.event_id)).toEqual({ leadId: later, contactId: account.contactOf(later) });
  const sources = await account.look("SELECT is_ours FROM customerio_source WHERE account_id = $1", [account.id]);
  expect(sources).toEqual([{ is_ours: true }]);
});

test("those who share a mailbox are told apart by the deal: the main contact of the latest", async () => {
  const email = address();
  const first = await account.deal(email);
  const second = await account.deal(email);
  const beside = account.control.contacts.create({ account: account.id, name: "Bo", fields: { EMAIL: email } }).id;
  await account.link(second, beside);
  await account.read(second);
  const told = about(email, "opened");
  await account.post(told);
  expect(await whose(account, told.event_id)).toEqual({ leadId: second, contactId: account.contactOf(second) });
  expect(account.contactOf(second)).not.toBe(account.contactOf(first));
});

test("somebody of whom we have not read yet is found by Kommo's search, once, and what he did counts", async () => {
  const email = address();
  const leadId = account.create({ name: "Unread", contact: { name: "Cy", email } });
  const told = about(email, "opened");
  await account.post(told);
  expect(await whose(account, told.event_id)).toEqual({ leadId, contactId: account.contactOf(leadId) });
  const before = await account.person(email);
  const again = about(email, "opened");
  await account.post(again);
  expect(await whose(account, again.event_id)).toEqual({ leadId, contactId: account.contactOf(leadId) });
  expect((await account.person(email))?.looked_for_at).toEqual(before!.looked_for_at);
});

test("a person of another account is kept and nothing is done; Kommo is asked for him once", async () => {
  const other = await Mailed.open(world);
  const email = address();
  const leadId = await account.deal(email);
  const told = about(email, "opened");
  await other.post(told);
  expect(await whose(other, told.event_id)).toEqual({ leadId: null, contactId: null });
  expect((await other.person(email))?.looked_for_at).not.toBeNull();
  expect(await other.writes()).toEqual([]);
  expect(account.notes(leadId)).toEqual([]);
  expect(await account.events(`address = '${email}'`)).toEqual([]);
});

test("nobody is looked for because of what only passes by", async () => {
  const email = address();
  for (const metric of ["sent", "delivered"]) await account.post(about(email, metric));
  await account.post(about(email, "opened", { prefetched: true, proxied: true }));
  await account.settled();
  expect(await account.person(email)).toBeUndefined();
});

test("who comes into Kommo later finds what he was sent before", async () => {
  const email = address();
  const told = about(email, "sent");
  await account.post(told);
  await account.settled();
  const leadId = await account.deal(email);
  expect(await whose(account, told.event_id)).toEqual({ leadId: null, contactId: account.contactOf(leadId) });
});

test("a workspace that knows people by its own ids alone tells the address as the recipient", async () => {
  const one = await Mailed.open(world, {}, { workspace: { identifiedBy: "id" } });
  const leadId = one.create({ name: "Roof", contact: { name: "Ana", email: "ana@x.test" } });
  await one.read(leadId);
  await one.identify("ana@x.test", "42");
  one.mail("42").open();
  await one.settled();
  expect(await one.events()).toMatchObject(Array(3).fill({ lead_id: leadId }));
});

test("a missing id, a blank one and no identifiers at all are no hindrance", async () => {
  const email = address();
  const leadId = await account.deal(email);
  const bodies = [
    about(email, "opened", { identifiers: { id: null, email, cio_id: "c9" }, customer_id: "" }),
    about(email, "opened", { identifiers: undefined, customer_id: "" }),
    about(email, "opened", { identifiers: { id: "" } }),
  ];
  for (const body of bodies) {
    await account.post(body);
    expect((await whose(account, body.event_id)).leadId).toBe(leadId);
  }
  expect((await account.person(email))?.cio_id).toBe("c9");
});

test("Customer.io's own id leads to a person whose address has changed", async () => {
  const email = address();
  const leadId = await account.deal(email);
  await account.post(about(email, "opened"));
  await account.settled();
  const changed = about("another@y.test", "opened", {
    identifiers: { id: null, email: "another@y.test", cio_id: `cio-of-${email}` },
  });
  const person = await account.person(email);
  await account.look(
    "INSERT INTO customerio_person_contact (account_id, contact_id, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    [account.id, account.contactOf(leadId), person!.id],
  );
  await account.post(changed);
  expect((await whose(account, changed.event_id)).leadId).toBe(leadId);
});

test("a deleted contact does nothing any more", async () => {
  const email = address();
  const leadId = await account.deal(email);
  account.control.contacts.remove({ account: account.id, id: account.contactOf(leadId) });
  await account.quiet();
  const told = about(email, "opened");
  await account.post(told);
  expect(await whose(account, told.event_id)).toEqual({ leadId: null, contactId: null });
});

test("a deal that is closed hears of mails no more, but the person's timeline does", async () => {
  const email = address();
  const leadId = await account.deal(email);
  account.control.leads.move({ account: account.id, id: leadId, status_id: 143 });
  await account.read(leadId);
  const told = about(email, "opened");
  await account.post(told);
  expect(await whose(account, told.event_id)).toEqual({ leadId: null, contactId: account.contactOf(leadId) });
  expect(account.notes(leadId)).toEqual([]);
});

test("links clicked faster than anybody reads are a scanner's, also when it is told in another order", async () => {
  const email = address();
  await account.deal(email);
  const at = inSeconds(-4_000);
  const click = (link: number, seconds: number) =>
    about(email, "clicked", { delivery_id: `scan-${email}`, link_id: link, href: "https://shop.test/" }, at + seconds);
  const clicks = [click(3, 4), click(1, 0), click(2, 2)];
  await account.post(clicks[0]!);
  await account.post(clicks[1]!);
  await account.settled();
  const machines = async () =>
    (await account.events(`delivery_id = 'scan-${email}' AND metric = 'clicked'`)).map(({ machine }) => machine);
  expect(await machines()).toEqual([null, null]);
  await account.post(clicks[2]!);
  await account.post(click(1, 3_600));
  await account.settled();
  expect((await machines()).sort()).toEqual([null, "scanner", "scanner", "scanner"]);
  // It had arrived in the very second of the click, as is told later.
  await account.post(about(email, "delivered", { delivery_id: `scan-${email}` }, at + 3_599));
  await account.settled();
  expect((await machines()).sort()).toEqual(["scanner", "scanner", "scanner", "too_fast"]);
});

test("what was told of a contact is the other's into which it was merged", async () => {
  const email = address();
  const leadId = await account.deal(email);
  const from = account.contactOf(leadId);
  const told = about(email, "opened");
  await account.post(told);
  await account.settled();
  const into = account.control.contacts.create({ account: account.id, name: "Ana R." }).id;
  account.control.contacts.merge({ account: account.id, id: into, others: [from] });
  // Of merges there is no webhook but Kommo's log, whose last seconds the scan leaves to the webhooks.
  await account.look("UPDATE account SET provisioned = jsonb_set(provisioned, '{webhook,state}', '\"unavailable\"')");
  account.forget();
  await until("the event is the other's", async () => {
    await account.ask("scan", account.id, {}, 4);
    return (await whose(account, told.event_id)).contactId === into;
  });
});

test("an address that a contact gets later brings along what was told of it", async () => {
  const email = address();
  const leadId = account.create({ name: "Roof", contact: { name: "Ana" } });
  await account.read(leadId);
  const told = about(email, "sent");
  await account.post(told);
  await account.settled();
  const contactId = account.contactOf(leadId);
  account.control.contacts.edit({ account: account.id, id: contactId, fields: { EMAIL: email } });
  await account.read(leadId);
  expect(await whose(account, told.event_id)).toEqual({ leadId: null, contactId });
});

test("what is told of the year 2046 has happened today", async () => {
  const id = "e-2046";
  expect(await account.post({ ...about("later@x.test", "opened", {}, 2_400_000_000), event_id: id })).toBe(204);
  await until("it is kept", async () => (await account.events("event_id = 'e-2046'")).length === 1);
  expect((await account.events("event_id = 'e-2046'"))[0]!.at.getTime()).toBeLessThan(Date.now() + 600_000);
});

test("an id of Customer.io's own that a late event tells replaces none that was told of later", async () => {
  const account = await Mailed.open(world);
  await account.deal("ana@x.test");
  const told = (cio_id: string, at: number) =>
    account.post(about("ana@x.test", "opened", { identifiers: { id: null, email: "ana@x.test", cio_id } }, at));
  await told("cio-new", inSeconds(-10));
  await account.settled();
  await told("cio-old", inSeconds(-1_000));
  await account.settled();
  expect((await account.person("ana@x.test"))?.cio_id).toBe("cio-new");
  await told("cio-newest", inSeconds(-1));
  await account.settled();
  expect((await account.person("ana@x.test"))?.cio_id).toBe("cio-newest");
});
