import { DEFAULT_ROLES } from "@dealscope/shared/committee";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Stakeholders } from "../src/committee/people/stakeholders.service.ts";
import { PersonErasure } from "../src/operations/person-erasure.ts";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { CommitteeInKommo } from "./mirror-kit.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let kommo: CommitteeInKommo;
let listId: number;

beforeAll(async () => {
  world = await startWorld({ ...unlimited, env: { ...unlimited.env, SCAN_SECONDS: "300" } });
  account = await installAccount(world, { committee: { mirrorList: true } });
  kommo = new CommitteeInKommo(account);
  await kommo.provision();
  listId = (await kommo.list())!.id;
});
afterAll(() => world?.stop());
afterEach(() => account.control.faults.clear());

/** The list is read anew, and what is decided by it is written. */
async function readList() {
  const before = account.calls("GET /api/v4/catalogs/:catalogId/elements");
  await account.ask("read-stakeholder-list", account.id);
  await until("the list is read", async () => {
    const [row] = await account.look<{ waits: boolean }>(
      `SELECT due_at > app_now() AND (leased_until IS NULL OR leased_until < app_now()) AS waits FROM work
        WHERE account_id = $1 AND kind = 'read-stakeholder-list'`,
      [account.id],
    );
    return row?.waits === true && account.calls("GET /api/v4/catalogs/:catalogId/elements") > before;
  });
  await kommo.settled();
}

const people = () => world.server.app.get(Stakeholders);
const play = (leadId: number, contactId: number, role: string | null) =>
  people().change(account.id, leadId, contactId, { role }, "Rhea Rep");
const approve = (leadId: number, contactId: number, approval: "approved" | "rejected" | "pending") =>
  people().approve(account.id, leadId, contactId, { approval, note: "" }, "Rhea Rep");
const nameOf = (key: string) => DEFAULT_ROLES.find((role) => role.key === key)!.name;

/** The element that is linked to a deal; there is one person in each deal here. */
async function elementOf(leadId: number) {
  const [id] = await kommo.linkedTo(leadId, "catalog_elements");
  const element = (await kommo.elements(listId)).find((one) => one.id === id);
  return element && { id: element.id, name: element.name, ...kommo.valuesOf(element) };
}

const stakeholder = async (leadId: number, contactId: number) => {
  const [row] = await account.look(
    "SELECT role, approval, approval_by, changed_by FROM stakeholder WHERE lead_id = $1 AND contact_id = $2",
    [leadId, contactId],
  );
  return row;
};

/** A hand in Kommo's list. */
async function edit(elementId: number, code: string, option: string | null) {
  const field = (await kommo.fields(`catalogs/${listId}`)).find((one) => one.code === code)!;
  await kommo.ask("PATCH", `catalogs/${listId}/elements/${elementId}`, {
    custom_fields_values: [{ field_id: field.id, values: option === null ? null : [{ value: option }] }],
  });
}

test("each person of a deal gets one element, linked to the deal, with role, approval and last touch", async () => {
  const { leadId, contactId } = await kommo.deal("Listed");
  account.control.chats.message({ account: account.id, lead_id: leadId, contact_id: contactId, text: "Hello there" });
  await kommo.settled();
  await play(leadId, contactId, "lawyer");
  await kommo.settled();
  const [element] = [await elementOf(leadId)];
  expect(element).toMatchObject({
    name: "Listed's client",
    DEALSCOPE_ROLE: nameOf("lawyer"),
    DEALSCOPE_APPROVAL: "Pending",
    DEALSCOPE_REFERENCE: expect.stringMatching(/^DS-/),
    DEALSCOPE_LAST_TOUCH: expect.any(Number),
  });
  await approve(leadId, contactId, "approved");
  await kommo.settled();
  expect(await elementOf(leadId)).toMatchObject({ id: element!.id, DEALSCOPE_APPROVAL: "Approved" });
});

test("what stands in the list already is not written again", async () => {
  const { leadId, contactId } = await kommo.deal("Unchanged");
  await play(leadId, contactId, "user");
  await kommo.settled();
  const before = [await kommo.rows("element_change"), await kommo.rows("link")].map((rows) => rows.length);
  kommo.edit(contactId, { PHONE: "+48601234567" });
  await kommo.settled();
  await readList();
  expect([await kommo.rows("element_change"), await kommo.rows("link")].map((rows) => rows.length)).toEqual(before);
});

test("the same person in two deals has two elements with his role in each", async () => {
  const first = await kommo.deal("First");
  const second = await kommo.deal("Second", first.contactId);
  await play(first.leadId, first.contactId, "user");
  await play(second.leadId, first.contactId, "blocker");
  await kommo.settled();
  const [one, other] = [await elementOf(first.leadId), await elementOf(second.leadId)];
  expect(one).toMatchObject({ DEALSCOPE_ROLE: nameOf("user") });
  expect(other).toMatchObject({ DEALSCOPE_ROLE: nameOf("blocker") });
  expect(one!.id).not.toBe(other!.id);
});

test("role and approval that somebody has changed in the list are taken over", async () => {
  const { leadId, contactId } = await kommo.deal("Edited there");
  await play(leadId, contactId, "user");
  await kommo.settled();
  account.control.clock.advance({ seconds: 2 });
  const element = await elementOf(leadId);
  await edit(element!.id, "DEALSCOPE_ROLE", nameOf("economic_buyer"));
  await edit(element!.id, "DEALSCOPE_APPROVAL", "Rejected");
  await readList();
  expect(await stakeholder(leadId, contactId)).toEqual({
    role: "economic_buyer",
    approval: "rejected",
    approval_by: "Kommo",
    changed_by: "Kommo",
  });
  expect((await kommo.contactFields(contactId)).DEALSCOPE_ROLE).toBe(nameOf("economic_buyer"));
});

test("an option that somebody has added to the list and chosen stays until the next word, and the setup tells of it", async () => {
  const { leadId, contactId } = await kommo.deal("Sponsor");
  await play(leadId, contactId, "user");
  await kommo.settled();
  const home = `catalogs/${listId}`;
  const select = (await kommo.fields(home)).find(({ code }) => code === "DEALSCOPE_ROLE")!;
  await kommo.ask("PATCH", `${home}/custom_fields/${select.id}`, {
    enums: [...select.enums, { value: "Sponsor", sort: 900 }],
  });
  account.control.clock.advance({ seconds: 2 });
  await edit((await elementOf(leadId))!.id, "DEALSCOPE_ROLE", "Sponsor");
  await readList();
  await readList();
  expect(await elementOf(leadId)).toMatchObject({ DEALSCOPE_ROLE: "Sponsor" });
  expect(await stakeholder(leadId, contactId)).toMatchObject({ role: "user" });
  await until("the setup tells of it", async () =>
    (await kommo.provisioned()).problems.some((problem) => problem.includes('the option "Sponsor"')),
  );
  await play(leadId, contactId, "lawyer");
  await kommo.settled();
  expect(await elementOf(leadId)).toMatchObject({ DEALSCOPE_ROLE: nameOf("lawyer") });
  await kommo.ask("PATCH", `${home}/custom_fields/${select.id}`, { enums: select.enums });
});

test("an edit in the list that is older than ours is overwritten", async () => {
  const { leadId, contactId } = await kommo.deal("Older edit");
  await play(leadId, contactId, "user");
  await kommo.settled();
  const element = await elementOf(leadId);
  await edit(element!.id, "DEALSCOPE_APPROVAL", "Rejected");
  await account.look("UPDATE stakeholder SET changed_at = changed_at + interval '1 hour' WHERE lead_id = $1", [leadId]);
  await readList();
  expect(await stakeholder(leadId, contactId)).toMatchObject({ approval: "pending", changed_by: "Rhea Rep" });
  expect(await elementOf(leadId)).toMatchObject({ DEALSCOPE_APPROVAL: "Pending" });
});

test("who edits the list before ours gets there is not overwritten", async () => {
  const { leadId, contactId } = await kommo.deal("Quicker edit");
  await play(leadId, contactId, "user");
  await kommo.settled();
  const element = await elementOf(leadId);
  account.control.clock.advance({ seconds: 5 });
  await edit(element!.id, "DEALSCOPE_ROLE", nameOf("influencer"));
  await play(leadId, contactId, "lawyer");
  await kommo.settled();
  expect((await kommo.rows("element_change")).at(-1)).toMatchObject({ state: "superseded" });
  await readList();
  expect(await stakeholder(leadId, contactId)).toMatchObject({ role: "influencer" });
  expect(await elementOf(leadId)).toMatchObject({ DEALSCOPE_ROLE: nameOf("influencer") });
});

test("an element that was unlinked by hand stays so, and its contact stays in the deal", async () => {
  const { leadId, contactId } = await kommo.deal("Unlinked element");
  await play(leadId, contactId, "user");
  await kommo.settled();
  const element = await elementOf(leadId);
  await kommo.ask("POST", `leads/${leadId}/unlink`, [
    { to_entity_id: element!.id, to_entity_type: "catalog_elements", metadata: { catalog_id: listId } },
  ]);
  await readList();
  await approve(leadId, contactId, "approved");
  await kommo.settled();
  expect(await kommo.linkedTo(leadId, "catalog_elements")).toEqual([]);
  expect(await kommo.linkedTo(leadId, "contacts")).toEqual([contactId]);
  expect(await stakeholder(leadId, contactId)).toMatchObject({ role: "user" });
});

test("who leaves a deal leaves its list, and comes back to it", async () => {
  const { leadId, contactId } = await kommo.deal("To and fro");
  await play(leadId, contactId, "user");
  await kommo.settled();
  const element = await elementOf(leadId);
  await kommo.unlink(leadId, contactId);
  await kommo.known(leadId);
  expect(await kommo.linkedTo(leadId, "catalog_elements")).toEqual([]);
  await kommo.link(leadId, contactId);
  await kommo.known(leadId);
  expect(await elementOf(leadId)).toMatchObject({ id: element!.id });
});

test("an element whose creation lost its answer is made once", async () => {
  const { leadId, contactId } = await kommo.deal("Lost answer");
  account.control.faults.add({
    match: { method: "POST", path: `/api/v4/catalogs/${listId}/elements` },
    times: 1,
    effect: { kind: "drop-after" },
  });
  await play(leadId, contactId, "user");
  await until("its outcome is not known", async () => {
    const rows = await account.look(
      "SELECT 1 FROM write WHERE target = 'element' AND state = 'due' AND outcome_unknown_since IS NOT NULL AND waits = 1",
    );
    return rows.length === 1;
  });
  await approve(leadId, contactId, "approved");
  await account.look(
    `UPDATE write SET due_at = app_now(), outcome_unknown_since = outcome_unknown_since - interval '31 seconds'
      WHERE target = 'element' AND state = 'due'`,
  );
  await kommo.settled();
  const named = (await kommo.elements(listId)).filter(({ name }) => name === "Lost answer's client");
  expect(named).toHaveLength(1);
  expect(await elementOf(leadId)).toMatchObject({ id: named[0]!.id, DEALSCOPE_APPROVAL: "Approved" });
});

test("an element that somebody has deleted stays deleted, and nothing fails for it", async () => {
  const { leadId, contactId } = await kommo.deal("Deleted element");
  await play(leadId, contactId, "user");
  await kommo.settled();
  account.control.lists.removeElement({ account: account.id, id: (await elementOf(leadId))!.id });
  await play(leadId, contactId, "lawyer");
  await kommo.settled();
  expect((await kommo.rows("element_change")).at(-1)).toMatchObject({ state: "dead", outcome: "The element is gone." });
  const before = (await kommo.rows("element_change")).length;
  await approve(leadId, contactId, "approved");
  await kommo.settled();
  expect(await kommo.linkedTo(leadId, "catalog_elements")).toEqual([]);
  expect((await kommo.rows("element_change")).length).toBe(before);
});

test("the list switched off and on again shows everybody once", async () => {
  const before = (await kommo.elements(listId)).length;
  await account.set({});
  await kommo.provision();
  await account.set({ committee: { mirrorList: true } });
  await kommo.provision();
  await kommo.settled();
  await readList();
  expect((await kommo.elements(listId)).length).toBe(before);
});

test("an erased person's name stays nowhere with us", async () => {
  const { leadId, contactId } = await kommo.deal("Erased");
  await play(leadId, contactId, "user");
  await kommo.settled();
  account.control.contacts.remove({ account: account.id, id: contactId });
  await kommo.settled();
  await world.server.app.get(PersonErasure).erase(account.id, contactId);
  const traces = await account.look(
    `SELECT marker FROM stakeholder_element WHERE shown::text LIKE $1 OR wanted::text LIKE $1
     UNION ALL SELECT id::text FROM write WHERE body::text LIKE $1`,
    ["%Erased's client%"],
  );
  expect(traces).toEqual([]);
});

test("a list that somebody has deleted is made again, with an element for everybody", async () => {
  const { leadId, contactId } = await kommo.deal("List deleted");
  await play(leadId, contactId, "user");
  await kommo.settled();
  account.control.lists.remove({ account: account.id, id: listId });
  await account.ask("read-stakeholder-list", account.id);
  await until("there is another list", async () => (await kommo.list()) !== undefined);
  listId = (await kommo.list())!.id;
  await until("he stands in it", async () => {
    await kommo.settled();
    return (await kommo.elements(listId)).some(({ name }) => name === "List deleted's client");
  });
  expect(await stakeholder(leadId, contactId)).toMatchObject({ role: "user", changed_by: "Rhea Rep" });
});
