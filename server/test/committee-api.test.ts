import { ApiError } from "@dealscope/shared/api-error";
import { Card } from "@dealscope/shared/card";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { Listeners } from "../src/webhooks/listeners.ts";
import { Work } from "../src/work/work.ts";
import { installAccount, type TestAccount } from "./account.ts";
import { type Ask, Browser, startApiWorld } from "./widget-api-kit.ts";
import type { World } from "./world.ts";

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

const path = (id: number, what: string) => `/api/leads/${id}/committee/${what}`;
const card = (id: number) => rep.get(Card, `/api/leads/${id}/card`);
const put = (at: string, body: object) => rep.send(Card, at, { method: "PUT", body });
const post = (at: string, body: object) => rep.send(Card, at, { body });

/** A deal with people, read. */
async function deal(...names: string[]): Promise<{ id: number; contacts: number[] }> {
  const id = account.create({ name: "ERP rollout" });
  const contacts = names.map((name) => account.control.leads.addContact({ account: account.id, id, name }).id);
  await card(id);
  return { id, contacts };
}

const changes = (leadId: number) =>
  account.look(
    `SELECT contact_id::int AS contact, kind, before, after, note, by_name AS by FROM stakeholder_change
      WHERE lead_id = $1 AND kind NOT IN ('linked', 'unlinked') ORDER BY id`,
    [leadId],
  );

async function issue(at: string, wish: Ask): Promise<{ path: string; message: string }> {
  const answer = await rep.ask(at, { method: "PUT", ...wish });
  expect(answer.status).toBe(400);
  const { issues } = ApiError.parse(answer.body).error;
  expect(issues).toHaveLength(1);
  return { path: issues![0]!.path, message: issues![0]!.message };
}

test("a rep changes somebody's role and weight, in this deal only, and every change is on record", async () => {
  const { id, contacts } = await deal("Ana");
  const [ana] = contacts;
  const other = account.create({ name: "Another deal" });
  await put(path(id, `members/${ana}`), { role: "influencer" });
  await put(path(id, `members/${ana}`), { weight: 5 });
  const { committee } = await put(path(id, `members/${ana}`), { role: "decision_maker" });
  expect(committee.members).toMatchObject([{ contactId: ana, role: "decision_maker", weight: 5 }]);
  await put(path(id, `members/${ana}`), { weight: null });
  expect((await put(path(id, `members/${ana}`), { weight: null })).committee.members[0]!.weight).toBe(100);
  expect(await changes(id)).toEqual([
    { contact: ana, kind: "role", before: null, after: "influencer", note: "", by: "Robin" },
    { contact: ana, kind: "weight", before: null, after: "5", note: "", by: "Robin" },
    { contact: ana, kind: "role", before: "influencer", after: "decision_maker", note: "", by: "Robin" },
    { contact: ana, kind: "weight", before: "5", after: null, note: "", by: "Robin" },
  ]);
  const audited = await account.look("SELECT actor FROM audit WHERE action = 'stakeholder changed' AND subject = $1", [
    `lead ${id}`,
  ]);
  expect(audited).toHaveLength(4);
  expect((await card(other)).committee.members).toEqual([]);
});

test("an approval is kept with who gave it, when and why, and counts as a touch", async () => {
  const { id, contacts } = await deal("Ana");
  const at = path(id, `members/${contacts[0]}/approval`);
  const { committee } = await put(at, { approval: "approved", note: " After the call " });
  const [member] = committee.members;
  expect(member).toMatchObject({ approval: "approved", approvalBy: "Robin", approvalNote: "After the call" });
  expect(member!.lastTouchAt).toBe(member!.approvalAt);
  const again = await put(at, { approval: "pending" });
  expect(again.committee.members[0]).toMatchObject({ approval: "pending", approvalNote: "" });
  expect(again.committee.members[0]!.lastTouchAt).toBe(member!.lastTouchAt);
  expect(await changes(id)).toMatchObject([
    { kind: "approval", before: "pending", after: "approved", note: "After the call" },
    { kind: "approval", before: "approved", after: "pending", note: "" },
  ]);
});

test("a role that is not there and a contact of another deal are refused with a sentence that names the field", async () => {
  const { id, contacts } = await deal("Ana");
  const { contacts: others } = await deal("Boris");
  const at = path(id, `members/${contacts[0]}`);
  expect(await issue(at, { body: { role: "wizard" } })).toEqual({
    path: "role",
    message: "There is no role wizard in this account.",
  });
  expect(await issue(at, { body: { role: "The Boss" } })).toMatchObject({ path: "role" });
  expect(await issue(at, { body: { weight: 101 } })).toMatchObject({ path: "weight" });
  expect(await issue(at, { body: {} })).toMatchObject({ message: "Name the role or the weight to change." });
  const foreign = { path: "contactId", message: `The contact ${others[0]} is not linked to this deal.` };
  expect(await issue(path(id, `members/${others[0]}`), { body: { role: "user" } })).toEqual(foreign);
  expect(await issue(path(id, `members/${others[0]}/approval`), { body: { approval: "approved" } })).toEqual(foreign);
  const objection = { contactId: others[0], text: "Too dear" };
  expect(await issue(path(id, "objections"), { method: "POST", body: objection })).toEqual(foreign);
  expect(await issue(path(id, "members/nobody"), { body: { role: "user" } })).toMatchObject({ path: "contactId" });
  expect(await changes(id)).toEqual([]);
});

test("a role that was taken out of the settings may stay with who has it, and nobody else gets it", async () => {
  const { id, contacts } = await deal("Ana", "Boris");
  const [ana, boris] = contacts;
  const sponsor = { key: "sponsor", name: "Sponsor", weight: 40, probability: 40, decides: false, opposes: false };
  await account.set({ ...settings, committee: { roles: [sponsor] } as never });
  await put(path(id, `members/${ana}`), { role: "sponsor" });
  await account.set(settings);
  const { committee } = await put(path(id, `members/${ana}`), { role: "sponsor", weight: 33 });
  expect(committee.members[0]).toMatchObject({ role: "sponsor", weight: 33 });
  expect(committee.roles.at(-1)).toMatchObject({ key: "sponsor", name: "sponsor" });
  expect(await issue(path(id, `members/${boris}`), { body: { role: "sponsor" } })).toMatchObject({ path: "role" });
});

test("an objection is added, worded otherwise, answered and opened again, and a dismissed one is gone", async () => {
  const { id, contacts } = await deal("Ana");
  const added = await post(path(id, "objections"), {
    contactId: contacts[0],
    text: "No budget before May",
    weight: 90,
  });
  const [objection] = added.committee.objections;
  expect(objection).toMatchObject({
    text: "No budget before May",
    weight: 90,
    state: "open",
    quote: null,
    saidIn: null,
  });
  const at = path(id, `objections/${objection!.id}`);
  const answered = await put(at, { state: "answered", text: "No budget before June" });
  expect(answered.committee.objections).toMatchObject([
    { state: "answered", text: "No budget before June", weight: 90 },
  ]);
  expect(answered.committee.objections[0]!.answeredAt).not.toBeNull();
  const reopened = await put(at, { state: "open" });
  expect(reopened.committee.objections).toMatchObject([{ state: "open", answeredAt: null, since: objection!.since }]);
  expect((await put(at, { state: "dismissed" })).committee.objections).toEqual([]);
  expect(await rep.refusal(at, { method: "PUT", body: { state: "open" } })).toEqual([404, "not_found"]);
  expect(await issue(path(id, "objections"), { method: "POST", body: { contactId: contacts[0], text: " " } })).toEqual({
    path: "text",
    message: "Say in a few words what is objected to.",
  });
});

test("whoever may only look, or not even that, changes nothing", async () => {
  const { id, contacts } = await deal("Ana");
  const rights = { leads: { view: "A", edit: "D", add: "A", delete: "A", export: "A" } } as const;
  const looker = account.control.accounts.addUser({ account: account.id, name: "Looker", rights });
  const blind = account.control.accounts.addUser({
    ...{ account: account.id, name: "Blind" },
    rights: { leads: { ...rights.leads, view: "D" } },
  });
  for (const [user, refusal] of [
    [looker, [403, "forbidden"]],
    [blind, [404, "not_found"]],
  ] as const) {
    const browser = await Browser.open(world, account.id, user.id);
    for (const [method, at, body] of [
      ["PUT", `members/${contacts[0]}`, { role: "user" }],
      ["PUT", `members/${contacts[0]}/approval`, { approval: "approved" }],
      ["POST", "suggestions/1", { answer: "take" }],
      ["POST", "objections", { contactId: contacts[0], text: "No" }],
      ["PUT", "objections/1", { state: "open" }],
    ] as const) {
      expect(await browser.refusal(path(id, at), { method, body })).toEqual(refusal);
    }
  }
  expect(await changes(id)).toEqual([]);
});

test("gates are asked to look again at a deal that is held, and at no other", async () => {
  const { id, contacts } = await deal("Ana");
  const schedule = vi.spyOn(world.server.app.get(Work), "schedule");
  const asked = () => schedule.mock.calls.flatMap(([, , requests]) => requests.filter(({ kind }) => kind === "gate"));
  await put(path(id, `members/${contacts[0]}`), { role: "lawyer" });
  expect(asked()).toEqual([]);
  await account.look(
    `INSERT INTO hold (account_id, lead_id, from_pipeline_id, from_status_id, wanted_pipeline_id, wanted_status_id, missing)
     VALUES ($1, $2, 1, 1, 1, 2, '[]')`,
    [account.id, id],
  );
  await put(path(id, `members/${contacts[0]}/approval`), { approval: "approved" });
  expect(asked()).toEqual([{ kind: "gate", subject: id, priority: "gate" }]);
  schedule.mockRestore();
});

test("a trusted form names who somebody is where nobody has said so, and changes no word of a person", async () => {
  const { id, contacts } = await deal("Ana", "Boris");
  const [ana, boris] = contacts as [number, number];
  await put(path(id, `members/${ana}`), { role: "user" });
  const said = { isTrusted: true, quote: "", saidId: "1", at: new Date() };
  const named = (contactId: number, role: string) =>
    ({ type: "stakeholder.named", leadId: id, contactId, role, by: "Web form", ...said }) as const;
  await world.server.app
    .get(Tenancy)
    .run(account.id, (tx) =>
      world.server.app
        .get(Listeners)
        .tell(tx, account.id, [
          named(ana, "lawyer"),
          named(boris, "wizard"),
          named(boris, "lawyer"),
          named(boris, "decision_maker"),
        ]),
    );
  expect((await card(id)).committee.members).toMatchObject([{ role: "user" }, { role: "lawyer" }]);
  expect((await changes(id)).at(-1)).toMatchObject({ contact: boris, after: "lawyer", by: "Web form" });
});

test("two people at once leave one last word and both changes on record", async () => {
  const { id, contacts } = await deal("Ana");
  const at = path(id, `members/${contacts[0]}`);
  await Promise.all(["user", "lawyer", "influencer"].map((role) => put(at, { role })));
  const recorded = (await changes(id)) as { before: string | null; after: string }[];
  expect(recorded).toHaveLength(3);
  for (const [n, { before }] of recorded.entries()) expect(before).toBe(n === 0 ? null : recorded[n - 1]!.after);
  expect((await card(id)).committee.members[0]!.role).toBe(recorded.at(-1)!.after);
});
