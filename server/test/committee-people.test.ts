import { Card } from "@dealscope/shared/card";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DealChanges } from "../src/committee/people/deal-changes.ts";
import { Stakeholders } from "../src/committee/people/stakeholders.service.ts";
import { Tenancy } from "../src/database/tenancy.ts";
import type { KommoEvent } from "../src/webhooks/events.ts";
import { Listeners } from "../src/webhooks/listeners.ts";
import { Work } from "../src/work/work.ts";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { Browser } from "./widget-api-kit.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let rep: Browser;

beforeAll(async () => {
  world = await startWorld({
    ...unlimited,
    env: { KOMMO_ACCOUNT_RPS: "500", KOMMO_EGRESS_RPS: "500" },
  });
  // The scan leaves the last seconds to the webhooks, so what happens here happened a minute ago.
  world.kommo.control.clock.advance({ seconds: -60 });
  account = await installAccount(world);
  const { id } = account.control.accounts.addUser({ account: account.id, name: "Robin" });
  rep = await Browser.open(world, account.id, id);
});
afterAll(() => world?.stop());

const committee = async (id: number) => (await rep.get(Card, `/api/leads/${id}/card`)).committee;
const member = async (id: number, contact: number) =>
  (await committee(id)).members.find(({ contactId }) => contactId === contact);

interface PersonWish {
  name: string;
  title?: string;
}

/** A deal with people, the first of them its main contact, read and judged. */
async function deal(...people: PersonWish[]): Promise<{ id: number; contacts: number[] }> {
  const id = account.create({ name: "ERP rollout" });
  const contacts = people.map((person) => join(id, person));
  await until("everybody is there", async () => (await committee(id)).members.length === people.length);
  return { id, contacts };
}

function join(id: number, { name, title }: PersonWish): number {
  const fields = title === undefined ? {} : { fields: { POSITION: title } };
  return account.control.leads.addContact({ account: account.id, id, name, ...fields }).id;
}

/** As Kommo's own page does it. */
async function inKommo(path: string, body: object) {
  const { access_token } = account.control.oauth.longLivedToken({ account: account.id });
  const answer = await fetch(`${world.kommo.origin}/api/v4/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBeLessThan(300);
}

const link = (id: number, contact: number, how: "link" | "unlink" = "link") => {
  return inKommo(`leads/${id}/${how}`, [{ to_entity_id: contact, to_entity_type: "contacts" }]);
};
const unlink = (id: number, contact: number) => link(id, contact, "unlink");

const scan = () => account.ask("scan", account.id, {}, 4);

/** What only the log tells of: the scan compares it with our readings, which here are a minute ahead of Kommo's clock. */
async function come(what: string, holds: () => Promise<boolean>) {
  await until(what, async () => {
    if (await holds()) return true;
    await account.look("UPDATE lead SET seen_at = seen_at - interval '5 minutes' WHERE account_id = $1", [account.id]);
    await scan();
    return false;
  });
}

async function history(id: number, contact: number): Promise<string[]> {
  const rows = await account.look<{ kind: string; after: string | null }>(
    "SELECT kind, after FROM stakeholder_change WHERE lead_id = $1 AND contact_id = $2 ORDER BY id",
    [id, contact],
  );
  return rows.map(({ kind, after }) => (after === null ? kind : `${kind} ${after}`));
}

const play = (id: number, contact: number, role: string) =>
  rep.send(Card, `/api/leads/${id}/committee/members/${contact}`, { method: "PUT", body: { role } });

const say = (id: number, contact: number, text: string, direction: "in" | "out" = "in") =>
  account.control.chats.message({ account: account.id, lead_id: id, contact_id: contact, text, direction });

test("who is linked in Kommo joins, who is unlinked leaves, and comes back with the role he had", async () => {
  const { id, contacts } = await deal({ name: "Ana" }, { name: "Boris" });
  const boris = contacts[1]!;
  await play(id, boris, "lawyer");
  await unlink(id, boris);
  await come("Boris has left", async () => (await committee(id)).members.length === 1);
  await link(id, boris);
  await come("Boris is back", async () => (await committee(id)).members.length === 2);
  expect(await member(id, boris)).toMatchObject({ role: "lawyer" });
  expect(await history(id, boris)).toEqual(["linked", "role lawyer", "unlinked", "linked"]);
});

test("links come in also where no change of a deal has it judged", async () => {
  const { id, contacts } = await deal({ name: "Ana" });
  await account.quiet();
  await account.set({ triggers: { onCreation: false, onContentChange: false, onFirstMessage: false } });
  const boris = account.control.contacts.create({ account: account.id, name: "Boris" }).id;
  await link(id, boris);
  await come("Boris is there", async () => (await committee(id)).members.length === 2);
  await link(id, contacts[0]!, "unlink");
  await come("Ana has left", async () => (await committee(id)).members.length === 1);
  await account.set();
});

/** What is scheduled for the gates while a contact leaves this deal and comes back. */
async function askedOfGates(id: number, contact: number): Promise<boolean[]> {
  const schedule = vi.spyOn(world.server.app.get(Work), "schedule");
  const asked: boolean[] = [];
  for (const how of ["unlink", "link"] as const) {
    await account.quiet();
    schedule.mockClear();
    await link(id, contact, how);
    const people = how === "link" ? 2 : 1;
    await come("it is known", async () => (await committee(id)).members.length === people);
    const requests = schedule.mock.calls.flatMap(([, , requests]) => requests);
    asked.push(requests.some(({ kind, subject }) => kind === "gate" && subject === id));
  }
  schedule.mockRestore();
  return asked;
}

test("who comes to a deal that is held or leaves it has the gates look at it again, and nobody else has", async () => {
  const held = await deal({ name: "Ana" }, { name: "Boris" });
  const free = await deal({ name: "Ana" }, { name: "Boris" });
  const { pipelineId, statusIds } = account.installed;
  const rule = { statusId: statusIds[1], requiredApprovals: ["lawyer"] };
  await account.set({ gates: { pipelines: [{ pipelineId, stages: [rule] }] as never } });
  account.control.leads.move({ account: account.id, id: held.id, status_id: statusIds[1]! });
  await until("one is held", async () => (await committee(held.id)).hold !== null);
  await account.quiet("gate");
  // Deals are followed from the first move on, and this one may stand where it stands.
  account.control.leads.move({ account: account.id, id: free.id, status_id: statusIds[2]! });
  await until("the other is followed", async () => {
    const rows = await account.look("SELECT 1 FROM gate_place WHERE lead_id = $1", [free.id]);
    return rows.length > 0;
  });
  await account.quiet("gate");
  expect(await askedOfGates(held.id, held.contacts[1]!)).toEqual([true, true]);
  expect(await askedOfGates(free.id, free.contacts[1]!)).toEqual([false, false]);
  await account.set();
});

test("a contact that is deleted in Kommo leaves every deal he was in, once", async () => {
  const { id, contacts } = await deal({ name: "Ana" }, { name: "Boris" });
  account.control.contacts.remove({ account: account.id, id: contacts[1]! });
  await come("Boris has left", async () => (await committee(id)).members.length === 1);
  account.control.leads.edit({ account: account.id, id, name: "Read once more" });
  await until("the deal is read again", async () => {
    const card = await rep.get(Card, `/api/leads/${id}/card`);
    return card.lead.name === "Read once more";
  });
  expect(await history(id, contacts[1]!)).toEqual(["linked", "unlinked"]);
});

test.each(["deleted", "merged"] as const)(
  "that somebody is %s while a part is given in his deal is heard after it",
  async (how) => {
    const { id, contacts } = await deal({ name: "Ana" }, { name: "Boris" });
    const [ana, boris] = contacts as [number, number];
    await play(id, boris, "user");
    await account.quiet();
    const { app } = world.server;
    const [changes, tenancy] = [app.get(DealChanges), app.get(Tenancy)];
    const isSaid = Promise.withResolvers<void>();
    const isWaitedFor = Promise.withResolvers<void>();
    const saying = changes.in(account.id, id, "Robin", async (change) => {
      await app.get(Stakeholders).play(change, ana, { role: "lawyer" });
      isSaid.resolve();
      await isWaitedFor.promise;
    });
    await isSaid.promise;
    const event: KommoEvent =
      how === "deleted"
        ? { type: "contact.deleted", contactId: boris }
        : { type: "contact.merged", contactId: ana, from: boris };
    const hearing = tenancy.run(account.id, (tx) => app.get(Listeners).tell(tx, account.id, [event]));
    await until("it waits for the deal", async () => {
      const [row] = await account.look<{ n: number }>(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return row!.n > 0;
    });
    isWaitedFor.resolve();
    await Promise.all([saying, hearing]);
    expect((await history(id, ana)).at(-1)).toBe("role lawyer");
    expect((await history(id, boris)).at(-1)).toBe(how === "deleted" ? "unlinked" : "role user");
  },
);

test("who is merged into another leaves him what was said of him", async () => {
  const { id, contacts } = await deal({ name: "Ana" }, { name: "Anna" });
  const [ana, anna] = contacts as [number, number];
  await play(id, anna, "economic_buyer");
  const objection = { contactId: anna, text: "No budget" };
  await rep.send(Card, `/api/leads/${id}/committee/objections`, { body: objection });
  account.control.contacts.merge({ account: account.id, id: ana, others: [anna] });
  await come("only Ana is left, with Anna's part", async () => {
    const { members, objections } = await committee(id);
    return members.length === 1 && members[0]!.role === "economic_buyer" && objections[0]?.contactId === ana;
  });
  expect(await history(id, ana)).toEqual(["linked", "role economic_buyer"]);
});

test("when two deals are merged, the people of both keep their parts in the one that is left", async () => {
  const { id, contacts } = await deal({ name: "Ana" });
  const { id: other, contacts: others } = await deal({ name: "Boris" });
  await link(other, contacts[0]!);
  await come("Ana is in both deals", async () => (await committee(other)).members.length === 2);
  await play(id, contacts[0]!, "user");
  await play(other, contacts[0]!, "lawyer");
  await play(other, others[0]!, "decision_maker");
  account.control.leads.merge({ account: account.id, id, others: [other] });
  await come("both are in the deal with their parts", async () => {
    const { members } = await committee(id);
    return members.length === 2 && members.every(({ role }) => role !== null);
  });
  expect(await member(id, contacts[0]!)).toMatchObject({ role: "user" });
  expect(await member(id, others[0]!)).toMatchObject({ role: "decision_maker" });
});

test("a title speaks for a role with its own words, and nothing is set until somebody takes it", async () => {
  const { id, contacts } = await deal(
    { name: "Ana", title: "Directora Jurídica" },
    { name: "Boris", title: "Gardener" },
  );
  await until("a role is suggested", async () => (await member(id, contacts[0]!))?.suggestion !== null);
  const ana = (await member(id, contacts[0]!))!;
  expect(ana).toMatchObject({ role: null });
  expect(ana.suggestion).toMatchObject({
    ...{ role: "lawyer", quote: "Directora Jurídica" },
    saidIn: { kind: "title", id: null, at: null },
  });
  expect((await member(id, contacts[1]!))!.suggestion).toBeNull();
  const at = `/api/leads/${id}/committee/suggestions/${ana.suggestion!.id}`;
  const { committee: taken } = await rep.send(Card, at, { body: { answer: "take" } });
  expect(taken.members[0]).toMatchObject({ role: "lawyer", suggestion: null });
  expect(await history(id, contacts[0]!)).toEqual(["linked", "role lawyer"]);
  expect(await rep.refusal(at, { method: "POST", body: { answer: "take" } })).toEqual([409, "conflict"]);
  const elsewhere = `/api/leads/${(await deal({ name: "Cem" })).id}/committee/suggestions/${ana.suggestion!.id}`;
  expect(await rep.refusal(elsewhere, { method: "POST", body: { answer: "take" } })).toEqual([404, "not_found"]);
});

test("a title that comes later is heard of in every deal of that person, and what was dismissed stays so", async () => {
  const { id, contacts } = await deal({ name: "Ana" });
  const [ana] = contacts as [number];
  account.control.contacts.edit({ account: account.id, id: ana, fields: { POSITION: "CFO" } });
  await until("a role is suggested", async () => (await member(id, ana))?.suggestion?.role === "economic_buyer");
  const { suggestion } = (await member(id, ana))!;
  const at = `/api/leads/${id}/committee/suggestions/${suggestion!.id}`;
  await rep.send(Card, at, { body: { answer: "dismiss" } });
  account.control.contacts.edit({ account: account.id, id: ana, fields: { POSITION: "CEO" } });
  await until("another is suggested", async () => (await member(id, ana))?.suggestion?.role === "decision_maker");
  await play(id, ana, "user");
  account.control.contacts.edit({ account: account.id, id: ana, fields: { POSITION: "CFO of the group" } });
  await until("the new title is read", async () => {
    const [contact] = await account.look("SELECT 1 FROM contact WHERE contact_id = $1 AND title LIKE '%group'", [ana]);
    return contact !== undefined;
  });
  expect((await member(id, ana))!.suggestion).toBeNull();
});

test("what clients write suggests their part and their objections with their words; what we write suggests nothing", async () => {
  const { id, contacts } = await deal({ name: "Ana" });
  const [ana] = contacts as [number];
  say(id, ana, "We are not too expensive! I am the CEO and we have no budget problems. I decide.", "out");
  say(id, ana, "Hello. I am the CFO here. It is too expensive for us.");
  await until("an objection is suggested", async () => (await committee(id)).objections.length > 0);
  const { objections, members } = await committee(id);
  expect(objections).toMatchObject([
    {
      ...{ contactId: ana, state: "suggested", text: "It is too expensive for us.", weight: 50 },
      ...{ quote: "It is too expensive for us.", saidIn: { kind: "message" } },
    },
  ]);
  expect(objections[0]!.since).toBe(objections[0]!.saidIn!.at);
  expect(members[0]).toMatchObject({
    ...{ role: null, isSilent: false },
    suggestion: { role: "economic_buyer", quote: "I am the CFO here.", saidIn: { kind: "message" } },
  });
  const at = `/api/leads/${id}/committee/objections/${objections[0]!.id}`;
  const confirmed = await rep.send(Card, at, { method: "PUT", body: { state: "open", weight: 80 } });
  expect(confirmed.committee.objections).toMatchObject([{ state: "open", weight: 80, quote: expect.any(String) }]);
  // Said once more while it is open, it is the same.
  say(id, ana, "As I said: too expensive. And security concerns.");
  await until("the other thing is suggested", async () => (await committee(id)).objections.length === 2);
  expect((await committee(id)).objections.map(({ text }) => text)).toEqual([
    "It is too expensive for us.",
    "And security concerns.",
  ]);
});

test("a rep's note is about whom it names, else about the main contact; our own notes are about nobody", async () => {
  const id = account.create({ name: "Noted", note: "Bad experience with our last offer, says Boris Kim." });
  const ana = join(id, { name: "Ana Reyes" });
  const boris = join(id, { name: "Boris Kim" });
  account.control.leads.addNote({
    account: account.id,
    id,
    text: "They already told us: no budget. Boris is their CTO.",
  });
  account.control.leads.addNote({ account: account.id, id, text: "Hold: too expensive.\n· DS-abcd1234" });
  await until("both are suggested", async () => (await committee(id)).objections.length === 2);
  const { objections } = await committee(id);
  expect(objections.toSorted((one, other) => one.text.localeCompare(other.text))).toMatchObject([
    { contactId: boris, text: "Bad experience with our last offer, says Boris Kim.", saidIn: { kind: "note" } },
    { contactId: ana, text: "They already told us: no budget.", saidIn: { kind: "note" } },
  ]);
  expect((await member(id, boris))!.suggestion).toMatchObject({
    ...{ role: "technical_evangelist", quote: "Boris is their CTO." },
  });
  expect((await member(id, ana))!.suggestion).toBeNull();
});

test("what was said before anybody listened is heard when it is read", async () => {
  account.control.hooks.weather({ dropRate: 1 });
  const { id, contact_id } = account.control.leads.create({ account: account.id, contact: { name: "Cem" } });
  say(id, contact_id!, "Çok pahalı.");
  account.control.leads.addNote({ account: account.id, id, text: "Cem: security concerns." });
  account.control.hooks.weather({ dropRate: 0 });
  await rep.ask(`/api/leads/${id}/card`);
  expect((await committee(id)).objections).toEqual([]);
  await rep.ask(`/api/leads/${id}/requalify`, { method: "POST" });
  await until("both are suggested", async () => (await committee(id)).objections.length === 2);
});
