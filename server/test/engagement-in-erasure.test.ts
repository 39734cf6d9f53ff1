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
