import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { LeadReader } from "../src/leads/reader.ts";
import { about, inSeconds, Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

const STATUS = "DEALSCOPE_EMAIL_STATUS";

/** A deal whose contact shows that mail does not reach him. */
async function bounced(account: Mailed, email = "ana@x.test") {
  const leadId = await account.deal(email);
  await account.post(about(email, "bounced", { failure_message: "550" }));
  await account.settled();
  const contactId = account.contactOf(leadId);
  expect(await account.shown(contactId, STATUS)).toBe("bounced");
  return { leadId, contactId };
}

const correct = (account: Mailed, id: number, email: string) =>
  account.control.contacts.edit({ account: account.id, id, fields: { EMAIL: email } });

test.each([
  ["deals are told", true],
  ["deals are not told", false],
])("who has got another address shows no more that mail does not reach him, where %s", async (_, isOn) => {
  const account = await Mailed.open(world);
  await account.want({ isOn });
  const { leadId, contactId } = await bounced(account);
  correct(account, contactId, "right@x.test");
  await until("the field is empty", async () => {
    await account.read(leadId);
    await account.hurry("work");
    return (await account.shown(contactId, STATUS)) === undefined;
  });
});

test("of two who share a mailbox the one who has got one of his own is reached again, the other is not", async () => {
  const account = await Mailed.open(world);
  await account.want({ isOn: true });
  const one = await account.deal("office@x.test");
  const other = await account.deal("office@x.test");
  await account.post(about("office@x.test", "bounced"));
  await account.settled();
  correct(account, account.contactOf(one), "ana@x.test");
  await until("one of them is reached", async () => {
    await account.read(one);
    await account.hurry("work");
    return (await account.shown(account.contactOf(one), STATUS)) === undefined;
  });
  expect(await account.shown(account.contactOf(other), STATUS)).toBe("bounced");
});

test("an address is not marked where an administrator does not want it, and noted all the same", async () => {
  const account = await Mailed.open(world, { effects: { address: { mark: false } } });
  const leadId = await account.deal("ana@x.test");
  await account.post(about("ana@x.test", "bounced"));
  await account.settled();
  expect(account.notes(leadId)).toHaveLength(1);
  expect(await account.shown(account.contactOf(leadId), STATUS)).toBeUndefined();
  expect((await account.writes()).map(({ target }) => target)).toEqual(["note"]);
});

test("a contact whose latest deal was deleted is marked in the order of one that is there", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana@x.test");
  const contactId = account.contactOf(leadId);
  const latest = account.create({ name: "Deleted" });
  await account.link(latest, contactId);
  await account.read(latest);
  account.control.leads.remove({ account: account.id, id: latest });
  await until("it is known to be deleted", async () => {
    const gone = "SELECT 1 FROM lead WHERE account_id = $1 AND lead_id = $2 AND gone = 'deleted'";
    return (await account.look(gone, [account.id, latest])).length > 0;
  });
  await account.post(about("ana@x.test", "bounced"));
  await account.settled();
  expect((await account.writes()).find(({ target }) => target === "contact")).toMatchObject({ lead_id: leadId });
});

test("whoever subscribes again before anybody was told of it is neither ticked nor told of", async () => {
  const account = await Mailed.open(world);
  const optOutFieldId = await account.checkbox();
  await account.want({ optOutFieldId });
  const leadId = await account.deal("ana@x.test");
  await account.post(about("ana@x.test", "unsubscribed", {}, inSeconds(-5)));
  await until("it is due", async () => (await account.events("is_due")).length > 0);
  await account.post({ ...about("ana@x.test", "subscribed", {}, inSeconds(-3)), object_type: "customer" });
  await account.settled();
  expect(account.notes(leadId)).toEqual([]);
  expect(await account.shown(account.contactOf(leadId), optOutFieldId)).toBeUndefined();
});

test("an unsubscription is told of although Kommo could not be searched for more than a day", async () => {
  const account = await Mailed.open(world);
  const leadId = account.create({ name: "Unread", contact: { name: "Cy", email: "cy@x.test" } });
  const search = { path: "/api/v4/contacts", account: account.id };
  account.control.faults.add({ match: search, effect: { kind: "answer", status: 503, body: {} } as never });
  await account.post(about("cy@x.test", "unsubscribed"));
  await until("it waits for Kommo", async () => {
    const waiting = "SELECT 1 FROM work WHERE account_id = $1 AND kind = 'mail_whose' AND waits > 0";
    return (await account.look(waiting, [account.id])).length > 0;
  });
  await account.look(
    "UPDATE engagement_event SET received_at = received_at - interval '25 hours' WHERE account_id = $1",
    [account.id],
  );
  account.control.faults.clear();
  await account.settled();
  expect(account.notes(leadId)).toEqual([expect.stringMatching(/^Cy \(cy@x\.test\) has unsubscribed/)]);
});

test("an unsubscription ticks the box although the search for the person has failed for good", async () => {
  const account = await Mailed.open(world);
  const optOutFieldId = await account.checkbox();
  await account.want({ optOutFieldId });
  const leadId = account.create({ name: "Unread", contact: { name: "Cy", email: "cy@x.test" } });
  const reading = vi
    .spyOn(world.server.app.get(LeadReader), "readAlone")
    .mockRejectedValue(new Error("a fault of ours"));
  await account.post(about("cy@x.test", "unsubscribed"));
  const work = async (kind: string) =>
    (
      await account.look<{ state: string }>("SELECT state FROM work WHERE account_id = $1 AND kind = $2", [
        account.id,
        kind,
      ])
    )[0]?.state;
  await until("who is looked for is left to the search", async () => {
    const isKept = (await account.events("is_due")).length > 0;
    return isKept && (await work("mail_standing")) !== "open";
  });
  // His deal becomes known by another way.
  await account.read(leadId);
  await until("the search is given up", async () => {
    await account.hurry("work");
    return (await work("mail_whose")) === "dead";
  }).finally(() => reading.mockRestore());
  await account.settled();
  expect(await account.shown(account.contactOf(leadId), optOutFieldId)).toBe(true);
});
