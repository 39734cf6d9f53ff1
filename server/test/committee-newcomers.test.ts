import { ApiError } from "@dealscope/shared/api-error";
import { Card } from "@dealscope/shared/card";
import { FoundContacts } from "@dealscope/shared/committee";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount } from "./account.ts";
import { CommitteeInKommo } from "./mirror-kit.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let rep: Browser;
const settings = { triggers: { onCreation: false, onContentChange: false, onFirstMessage: false } };

beforeAll(async () => {
  world = await startApiWorld();
  account = await installAccount(world, settings);
  const { id } = account.control.accounts.addUser({ account: account.id, name: "Robin" });
  rep = await Browser.open(world, account.id, id);
});
afterAll(() => world?.stop());
afterEach(() => account.control.faults.clear());

const path = (id: number, what: string) => `/api/leads/${id}/committee/${what}`;
const card = (id: number) => rep.get(Card, `/api/leads/${id}/card`);
const add = (id: number, body: object) => rep.send(Card, path(id, "members"), { body });
const search = async (id: number, query: string) =>
  (await rep.get(FoundContacts, path(id, `contacts?query=${encodeURIComponent(query)}`))).contacts;
const inKommo = (id: number) => account.lead(id).contacts;
const contact = (name: string, fields: Record<string, string> = {}) =>
  account.control.contacts.create({ account: account.id, name, fields }).id;

async function deal(): Promise<number> {
  const id = account.create({ name: "ERP rollout", contact: { name: "Ana" } });
  await card(id);
  return id;
}

async function joined(id: number, people: number) {
  await until("everybody has joined", async () => {
    const { members, joining } = (await card(id)).committee;
    // The scan may have seen the link before anybody has read the contact.
    const areRead = members.every(({ name }) => name !== "");
    return members.length === people && joining.length === 0 && areRead;
  });
  return (await card(id)).committee.members;
}

/** Reads the deal until nobody but the first is in it. */
async function left(id: number) {
  await until("he has left", async () => {
    await account.ask("join", id);
    return (await card(id)).committee.members.length === 1;
  });
}

async function issue(id: number, body: object): Promise<{ path: string; message: string }> {
  const answer = await rep.ask(path(id, "members"), { method: "POST", body });
  expect(answer.status).toBe(400);
  const [first] = ApiError.parse(answer.body).error.issues!;
  return { path: first!.path, message: first!.message };
}

test("contacts are found by name, e-mail and phone, and those of the deal are marked", async () => {
  const boris = contact("Boris Kim", { EMAIL: "boris@acme.example", PHONE: "+34 600 111 222", POSITION: "CFO" });
  const id = account.create({ name: "ERP", contact: { name: "Boris Blank" } });
  await card(id);
  expect(await search(id, "boris")).toMatchObject([
    { id: boris, title: "CFO", emails: ["boris@acme.example"], phones: ["+34 600 111 222"], isInDeal: false },
    { name: "Boris Blank", isInDeal: true },
  ]);
  expect(await search(id, "boris@acme.example")).toMatchObject([{ id: boris }]);
  expect(await search(id, "600111222")).toMatchObject([{ id: boris }]);
  expect(await search(id, "nobody at all")).toEqual([]);
  expect(await rep.refusal(path(id, "contacts?query=b"))).toEqual([400, "invalid_input"]);
});

test("a contact that was found is linked in Kommo and joins with the role that was chosen", async () => {
  const id = await deal();
  const boris = contact("Boris");
  await add(id, { contactId: boris, role: "lawyer" });
  const members = await joined(id, 2);
  expect(members[1]).toMatchObject({ contactId: boris, name: "Boris", role: "lawyer" });
  expect(inKommo(id).map((one) => one.id)).toContain(boris);
  await add(id, { contactId: boris });
  await joined(id, 2);
});

test("somebody typed in is looked for first and compared exactly: the oldest with that address is linked", async () => {
  const id = await deal();
  contact("Not him", { EMAIL: "carl@acme.example.org" });
  const oldest = contact("Carl the first", { EMAIL: "Carl@Acme.example" });
  contact("Carl the second", { EMAIL: "carl@acme.example" });
  await add(id, { name: "Carl", email: " carl@ACME.example ", role: "user" });
  const members = await joined(id, 2);
  expect(members[1]).toMatchObject({ contactId: oldest, name: "Carl the first", role: "user" });
});

test("a phone is the same however it is written, and another one that holds it is not", async () => {
  const id = await deal();
  contact("Longer", { PHONE: "+48 601 234 999 0" });
  const same = contact("Greta", { PHONE: "0048 (601) 234-999" });
  await add(id, { name: "G.", phone: "+48 601 234 999" });
  expect((await joined(id, 2))[1]).toMatchObject({ contactId: same, name: "Greta" });
});

test("who is not in Kommo is made, linked and given the role, once for two clicks", async () => {
  const id = await deal();
  const body = { name: "=HYPERLINK(1) <b>Dora</b>", email: "dora@new.example", phone: "+48 601 234 567", role: "user" };
  await Promise.all([add(id, body), add(id, body)]);
  const members = await joined(id, 2);
  expect(members[1]).toMatchObject({ name: body.name });
  await until("he plays his part", async () => (await card(id)).committee.members[1]?.role === "user");
  const made = inKommo(id).filter(({ name }) => name === body.name);
  expect(made).toMatchObject([{ fields: { EMAIL: "dora@new.example", PHONE: "+48 601 234 567" } }]);
  const changes = await account.look(
    "SELECT kind, after, by_name FROM stakeholder_change WHERE lead_id = $1 AND contact_id = $2 AND kind = 'role'",
    [id, made[0]!.id],
  );
  expect(changes).toEqual([{ kind: "role", after: "user", by_name: "Robin" }]);
});

test("who is known by a plus-address or by a number without its country code is not made again", async () => {
  const id = await deal();
  const pia = contact("Pia", { EMAIL: "pia+shop@plus.example" });
  const paul = contact("Paul", { PHONE: "(415) 555-0123" });
  await add(id, { name: "P.", email: "pia@plus.example" });
  await add(id, { name: "P.", phone: "+1 415 555 0123" });
  const known = (await joined(id, 3)).map(({ contactId }) => contactId);
  expect(known.slice(1)).toEqual([pia, paul]);
  await account.set({ ...settings, intake: { country: "PL" } });
  const piotr = contact("Piotr", { PHONE: "601 234 777" });
  await add(id, { name: "P.", phone: "601234777", email: "" });
  expect((await joined(id, 4)).map(({ contactId }) => contactId)).toContain(piotr);
  expect(await issue(id, { name: "P.", phone: "12345678901234" })).toMatchObject({ path: "phone" });
  await account.set(settings);
});

test("somebody with the same number and another address is another person, as for a form", async () => {
  const id = await deal();
  const boss = contact("The boss", { EMAIL: "boss@shared.example", PHONE: "+48 601 000 111" });
  await add(id, { name: "Assistant", email: "assistant@shared.example", phone: "+48 601 000 111" });
  const [, added] = await joined(id, 2);
  expect([added?.name, added?.contactId === boss]).toEqual(["Assistant", false]);
});

/** As if all that was asked for had been asked for a while ago. */
const later = (id: number) =>
  account.look("UPDATE write SET made_at = made_at - interval '1 hour' WHERE lead_id = $1", [id]);

test("who was made and has left the deal comes back when he is added again, and who was deleted is made anew", async () => {
  const id = await deal();
  await add(id, { name: "Gus", role: "user" });
  const gus = (await joined(id, 2))[1]!.contactId;
  await new CommitteeInKommo(account).unlink(id, gus);
  await later(id);
  await left(id);
  await add(id, { name: "Gus", role: "lawyer" });
  expect((await joined(id, 2))[1]).toMatchObject({ contactId: gus, role: "lawyer" });
  account.control.contacts.remove({ account: account.id, id: gus });
  await later(id);
  await left(id);
  await add(id, { name: "Gus", role: "user" });
  const anew = (await joined(id, 2))[1]!;
  expect(anew.contactId).not.toBe(gus);
  await until("he plays his part", async () => (await card(id)).committee.members[1]?.role === "user");
  const parts = await account.look("SELECT role FROM stakeholder WHERE lead_id = $1 AND contact_id = $2", [id, gus]);
  expect(parts).toEqual([{ role: "lawyer" }]);
});

test("who has left the deal before it was read gets no part in it", async () => {
  const id = await deal();
  await add(id, { name: "Hugo" });
  const hugo = (await joined(id, 2))[1]!.contactId;
  await new CommitteeInKommo(account).unlink(id, hugo);
  await left(id);
  const [made] = await account.look<{ marker: string }>(
    "UPDATE write SET ended_at = ended_at - interval '1 hour' WHERE lead_id = $1 AND kommo_id = $2 RETURNING marker",
    [id, hugo],
  );
  await account.ask("join", id, { [made!.marker]: { role: "user", by: "Robin" } });
  await account.quiet("join");
  expect(await account.look("SELECT role FROM stakeholder WHERE lead_id = $1", [id])).toEqual([]);
});

test("two people who are called the same are two, and two clicks are one", async () => {
  const id = await deal();
  await Promise.all([add(id, { name: "John" }), add(id, { name: "John" })]);
  await joined(id, 2);
  await add(id, { name: "John" });
  await joined(id, 2);
  await later(id);
  await add(id, { name: "John", role: "blocker" });
  const johns = (await joined(id, 3)).filter(({ name }) => name === "John");
  expect(new Set(johns.map(({ contactId }) => contactId)).size).toBe(2);
});

test("while Kommo does not take it the card says who is on his way, and why he is stuck when it refuses", async () => {
  const id = await deal();
  account.control.faults.add({
    match: { method: "POST", path: "/api/v4/contacts" },
    effect: { kind: "answer", status: 400, body: { title: "Bad Request", status: 400 } },
  });
  const { committee } = await add(id, { name: "Emil" });
  expect(committee.joining).toEqual([{ name: "Emil", state: "waiting", why: null }]);
  await until("it is stuck", async () => {
    await account.hurry("write");
    return (await card(id)).committee.joining[0]?.state === "stuck";
  });
  expect((await card(id)).committee.joining[0]!.why).not.toBeNull();
  account.control.faults.clear();
  await add(id, { name: "Emil" });
  await joined(id, 2);
});

test("what cannot be added is refused with a sentence that names the field", async () => {
  const id = await deal();
  expect(await issue(id, { contactId: 987_654_321 })).toEqual({
    path: "contactId",
    message: "There is no contact 987654321 in this account.",
  });
  expect(await issue(id, { name: "Fred", role: "wizard" })).toMatchObject({ path: "role" });
  expect(await issue(id, { name: "Fred", email: "fred at acme" })).toMatchObject({ path: "email" });
  expect(await issue(id, { name: "Fred", phone: "12 ab" })).toEqual({
    path: "phone",
    message: "12 ab is no phone number.",
  });
  expect(await issue(id, {})).toMatchObject({ path: "name" });
  expect(await issue(id, { name: " " })).toMatchObject({ path: "name" });
  expect(await issue(id, { name: "Fred", contactId: 5 })).toMatchObject({ path: "name" });
  await account.set({ ...settings, dryRun: true });
  expect(await rep.refusal(path(id, "members"), { method: "POST", body: { name: "Fred" } })).toEqual([409, "conflict"]);
  await account.set(settings);
  expect((await card(id)).committee.joining).toEqual([]);
});
