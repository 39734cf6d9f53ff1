import { afterAll, beforeAll, expect, test } from "vitest";
import { PersonErasure } from "../src/operations/person-erasure.ts";
import { Retention } from "../src/operations/retention.ts";
import { about, inSeconds, Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

/** All that our database holds of an account, as text. */
async function everything(account: Mailed): Promise<string> {
  const tables = await account.look<{ name: string }>(
    "SELECT tablename AS name FROM pg_policies WHERE policyname = 'tenancy'",
  );
  const texts = await Promise.all(
    tables.map(({ name }) =>
      account.look(`SELECT '${name}' AS in_table, t::text AS row FROM ${name} t WHERE account_id = $1`, [account.id]),
    ),
  );
  return JSON.stringify(texts.flat());
}

test("of an erased person is left that mails were read, and neither whose nor what stood in them", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana.ruiz@x.test");
  const mail = account.mail("ana.ruiz@x.test", { subject: "Ana, your quote" });
  mail.open();
  mail.click("https://shop.test/for/anaruiz?token=secret");
  mail.bounce("550 ana.ruiz@x.test is no mailbox");
  mail.unsubscribe();
  await account.settled();
  const before = await account.events();
  expect(await everything(account)).toContain("Ana, your quote");
  const contactId = account.contactOf(leadId);
  account.control.contacts.remove({ account: account.id, id: contactId });
  await account.quiet();
  const cioId = (await account.person("ana.ruiz@x.test"))!.cio_id!;
  await world.server.app.get(PersonErasure).erase(account.id, contactId);
  const left = await everything(account);
  for (const trace of ["ana.ruiz", "anaruiz", "Ana, your quote", "secret", "Ana Ruiz", cioId]) {
    expect(left.includes(trace), trace).toBe(false);
  }
  const after = await account.events();
  expect(after.map(({ event_id, metric, at }) => ({ event_id, metric, at }))).toEqual(
    before.map(({ event_id, metric, at }) => ({ event_id, metric, at })),
  );
});

test("whoever shares the mailbox of an erased person stays known by it", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("office@x.test");
  const other = await account.deal("office@x.test");
  await account.post(about("office@x.test", "unsubscribed"));
  await account.settled();
  const contactId = account.contactOf(leadId);
  account.control.contacts.remove({ account: account.id, id: contactId });
  await account.quiet();
  await world.server.app.get(PersonErasure).erase(account.id, contactId);
  expect((await account.person("office@x.test"))?.unsubscribed_by).toBe("customerio");
  const told = about("office@x.test", "opened");
  await account.post(told);
  await account.settled();
  expect(await account.events(`event_id = '${told.event_id}'`)).toMatchObject([{ lead_id: other }]);
});

test("what was told more than 400 days ago goes; a note keeps its row as long as its mail is told of", async () => {
  const account = await Mailed.open(world);
  await account.deal("ana@x.test");
  const day = 24 * 3_600;
  const old = about("ana@x.test", "opened", { delivery_id: "old" }, inSeconds(-401 * day));
  const young = about("ana@x.test", "opened", { delivery_id: "young" }, inSeconds(-399 * day));
  await account.post(old);
  await account.post(young);
  await account.settled();
  await account.look("UPDATE write SET ended_at = ended_at - interval '60 days' WHERE account_id = $1", [account.id]);
  await world.server.app.get(Retention).prune(account.id);
  expect((await account.events()).map(({ event_id }) => event_id)).toEqual([young.event_id]);
  const notes = await account.look("SELECT delivery_id FROM engagement_note WHERE account_id = $1", [account.id]);
  expect(notes).toEqual([{ delivery_id: "young" }]);
  expect((await account.writes()).filter(({ target }) => target === "note")).toHaveLength(2);
});

test("what is told of the other who shares the mailbox stays, and what waits to be told to him is told", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("office@x.test");
  const other = await account.deal("office@x.test");
  await account.post(about("office@x.test", "opened"));
  await account.settled();
  const { id: person } = (await account.person("office@x.test"))!;
  const [contactId, otherId] = [account.contactOf(leadId), account.contactOf(other)];
  await account.look(
    `INSERT INTO customerio_person_contact (account_id, contact_id, person_id)
     VALUES ($1, $2, $4), ($1, $3, $4) ON CONFLICT DO NOTHING`,
    [account.id, contactId, otherId, person],
  );
  await account.look(
    `INSERT INTO customerio_write (account_id, person_id, lead_id, kind, operation, state)
     VALUES ($1, $2, $3, 'person', '{"of": "him"}', 'stuck'), ($1, $2, $4, 'person', '{"of": "her"}', 'stuck')`,
    [account.id, person, leadId, other],
  );
  await account.look(
    "INSERT INTO delivery (account_id, source, content_type, body, state) VALUES ($1, 'customerio', '', $2, 'done')",
    [account.id, JSON.stringify(about("office@x.test", "delivered"))],
  );
  account.control.contacts.remove({ account: account.id, id: contactId });
  await account.quiet();
  await world.server.app.get(PersonErasure).erase(account.id, contactId);
  const bodies = await account.look<{ body: string }>(
    "SELECT body FROM delivery WHERE account_id = $1 AND source = 'customerio'",
    [account.id],
  );
  expect(bodies).toHaveLength(2);
  for (const { body } of bodies) expect(body).toContain("office@x.test");
  const rows = "SELECT lead_id, state FROM customerio_write WHERE account_id = $1 ORDER BY id";
  expect(await account.look(rows, [account.id])).toEqual([
    { lead_id: leadId, state: "dropped" },
    { lead_id: other, state: "stuck" },
  ]);
});

test("what is told of an erased person afterwards is kept without saying who it was, until he comes back", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana.ruiz@x.test");
  await account.post(about("ana.ruiz@x.test", "opened"));
  await account.settled();
  const contactId = account.contactOf(leadId);
  account.control.contacts.remove({ account: account.id, id: contactId });
  await account.quiet();
  await world.server.app.get(PersonErasure).erase(account.id, contactId);
  const told = about("ana.ruiz@x.test", "clicked", { subject: "Ana, once more", href: "https://shop.test/for/ana" });
  // Now known to Customer.io by its own id alone.
  const later = about("another@x.test", "opened", { identifiers: told.data.identifiers });
  await account.post(told);
  await account.post(later);
  await account.settled();
  expect(await account.events(`event_id IN ('${told.event_id}', '${later.event_id}')`)).toEqual(
    Array(2).fill(
      expect.objectContaining({
        address: null,
        cio_id: null,
        subject: null,
        link: null,
        person_id: null,
        lead_id: null,
      }),
    ),
  );
  expect(await account.person("ana.ruiz@x.test")).toBeUndefined();
  const left = await everything(account);
  for (const trace of ["ana.ruiz", "Ana, once more", "for/ana"]) expect(left.includes(trace), trace).toBe(false);

  const again = await account.deal("ana.ruiz@x.test");
  const back = about("ana.ruiz@x.test", "opened");
  await account.post(back);
  await account.settled();
  expect(await account.events(`event_id = '${back.event_id}'`)).toMatchObject([{ lead_id: again }]);
});

test("who is no contact and has done nothing for 400 days is forgotten, unless he wants no mail", async () => {
  const account = await Mailed.open(world);
  const day = 24 * 3_600;
  for (const [email, metric, days] of [
    ["gone@x.test", "opened", 401],
    ["lately@x.test", "opened", 399],
    ["no.mail@x.test", "unsubscribed", 401],
  ] as const)
    await account.post(about(email, metric, {}, inSeconds(-days * day)));
  await account.settled();
  await world.server.app.get(Retention).prune(account.id);
  const people = "SELECT identifier FROM customerio_person WHERE account_id = $1 ORDER BY 1";
  expect(await account.look(people, [account.id])).toEqual([
    { identifier: "lately@x.test" },
    { identifier: "no.mail@x.test" },
  ]);
});
