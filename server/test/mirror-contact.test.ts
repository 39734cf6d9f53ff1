import { DEFAULT_ROLES } from "@dealscope/shared/committee";
import type { Settings } from "@dealscope/shared/settings";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { Stakeholders } from "../src/committee/people/stakeholders.service.ts";
import { Tenancy } from "../src/database/tenancy.ts";
import { LeadReader } from "../src/leads/reader.ts";
import { SettingsService } from "../src/qualification/settings.service.ts";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { CommitteeInKommo } from "./mirror-kit.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let kommo: CommitteeInKommo;
let settings: { committee: object };

beforeAll(async () => {
  world = await startWorld({ ...unlimited, env: { ...unlimited.env, SCAN_SECONDS: "300" } });
  account = await installAccount(world);
  kommo = new CommitteeInKommo(account);
  const numbers = await kommo.ask("POST", "contacts/custom_fields", [
    { name: "Weight", code: "WEIGHT", type: "numeric" },
    { name: "Probability", code: "PROBABILITY", type: "numeric" },
  ]);
  const [weightFieldId, probabilityFieldId] = numbers._embedded.custom_fields.map(({ id }: { id: number }) => id);
  settings = { committee: { weightFieldId, probabilityFieldId } };
  await account.set(settings);
  await kommo.provision();
});
afterAll(() => world?.stop());
afterEach(async () => {
  account.control.faults.clear();
  await account.set(settings);
});

const play = (leadId: number, contactId: number, change: { role?: string | null; weight?: number | null }) =>
  world.server.app.get(Stakeholders).change(account.id, leadId, contactId, change, "Rhea Rep");
/** As an administrator saves them on the settings page. */
async function save(change: Partial<Settings>) {
  const { app } = world.server;
  await app.get(Tenancy).run(account.id, async (tx) => {
    const { version, settings: now } = await app.get(SettingsService).read(tx, account.id);
    await app.get(SettingsService).save(tx, account.id, version, { ...now, ...change }, "Ada Admin");
  });
}
const committee = async () => (await world.server.app.get(SettingsService).of(account.id)).committee;
const nameOf = (key: string) => DEFAULT_ROLES.find((role) => role.key === key)!.name;
const shows = async (contactId: number) => (await kommo.contactFields(contactId)).DEALSCOPE_ROLE;
const roleOf = async (leadId: number, contactId: number) => {
  const [row] = await account.look<{ role: string | null; changed_by: string }>(
    "SELECT role, changed_by FROM stakeholder WHERE lead_id = $1 AND contact_id = $2",
    [leadId, contactId],
  );
  return row;
};
const suggestions = (contactId: number) =>
  account.look<{ lead_id: number; role: string; quote: string; said_kind: string; state: string }>(
    "SELECT lead_id, role, quote, said_kind, state FROM role_suggestion WHERE contact_id = $1 ORDER BY lead_id",
    [contactId],
  );

test("a role shows on the contact, with the numbers that were mapped, and goes with it", async () => {
  const { leadId, contactId } = await kommo.deal("Shown");
  await play(leadId, contactId, { role: "lawyer" });
  await kommo.settled();
  expect(await kommo.contactFields(contactId)).toMatchObject({
    DEALSCOPE_ROLE: nameOf("lawyer"),
    WEIGHT: "60",
    PROBABILITY: "40",
  });
  await play(leadId, contactId, { weight: 85 });
  await kommo.settled();
  expect(await kommo.contactFields(contactId)).toMatchObject({ WEIGHT: "85", PROBABILITY: "40" });
  await play(leadId, contactId, { role: null, weight: null });
  await kommo.settled();
  expect(Object.keys(await kommo.contactFields(contactId))).toEqual([]);
});

test("our own writes come back as webhooks and cause none", async () => {
  const { leadId, contactId } = await kommo.deal("Echo");
  await play(leadId, contactId, { role: "user" });
  await kommo.settled();
  const before = account.calls("PATCH /api/v4/contacts");
  kommo.edit(contactId, { PHONE: "+48601234567" });
  await kommo.settled();
  expect(account.calls("PATCH /api/v4/contacts")).toBe(before);
  const changes = await account.look("SELECT by_name FROM stakeholder_change WHERE contact_id = $1 AND kind = 'role'", [
    contactId,
  ]);
  expect(changes).toEqual([{ by_name: "Rhea Rep" }]);
});

test("somebody in several deals shows the role of the one that was updated last", async () => {
  const first = await kommo.deal("First of two");
  account.control.clock.advance({ seconds: 5 });
  const second = await kommo.deal("Second of two", first.contactId);
  await play(first.leadId, first.contactId, { role: "user" });
  await play(second.leadId, first.contactId, { role: "decision_maker" });
  await kommo.settled();
  expect(await shows(first.contactId)).toBe(nameOf("decision_maker"));
  account.control.clock.advance({ seconds: 5 });
  account.control.leads.edit({ account: account.id, id: first.leadId, price: 100 });
  await kommo.settled();
  expect(await shows(first.contactId)).toBe(nameOf("user"));
  account.control.clock.advance({ seconds: 5 });
  account.control.leads.edit({
    account: account.id,
    id: first.leadId,
    status_id: 143,
    pipeline_id: account.installed.pipelineId,
  });
  await kommo.settled();
  expect(await shows(first.contactId)).toBe(nameOf("decision_maker"));
});

test("a role chosen in Kommo becomes the role of the only open deal", async () => {
  const { leadId, contactId } = await kommo.deal("Chosen there");
  kommo.edit(contactId, { DEALSCOPE_ROLE: nameOf("influencer") });
  await kommo.settled();
  expect(await roleOf(leadId, contactId)).toEqual({ role: "influencer", changed_by: "Kommo" });
  expect(await shows(contactId)).toBe(nameOf("influencer"));
  expect(await suggestions(contactId)).toEqual([]);
  kommo.edit(contactId, { DEALSCOPE_ROLE: null });
  await kommo.settled();
  expect(await roleOf(leadId, contactId)).toMatchObject({ role: null });
});

test("closed deals do not count: the one that is open is meant", async () => {
  const closed = await kommo.deal("Closed");
  const open = await kommo.deal("Open", closed.contactId);
  const { pipelineId } = account.installed;
  account.control.leads.edit({ account: account.id, id: closed.leadId, status_id: 142, pipeline_id: pipelineId });
  await kommo.settled();
  kommo.edit(open.contactId, { DEALSCOPE_ROLE: nameOf("blocker") });
  await kommo.settled();
  expect(await roleOf(open.leadId, open.contactId)).toMatchObject({ role: "blocker" });
  expect(await roleOf(closed.leadId, open.contactId)).toBeUndefined();
});

test("a role chosen for somebody in several open deals is suggested in each, and the select shows what is so", async () => {
  const one = await kommo.deal("One of several");
  account.control.clock.advance({ seconds: 5 });
  const other = await kommo.deal("Other of several", one.contactId);
  await play(other.leadId, one.contactId, { role: "user" });
  await kommo.settled();
  kommo.edit(one.contactId, { DEALSCOPE_ROLE: nameOf("lawyer") });
  await kommo.settled();
  const quote = `Role in the purchase: ${nameOf("lawyer")}`;
  expect(await suggestions(one.contactId)).toEqual([
    { lead_id: one.leadId, role: "lawyer", quote, said_kind: "field", state: "open" },
    { lead_id: other.leadId, role: "lawyer", quote, said_kind: "field", state: "open" },
  ]);
  expect(await roleOf(other.leadId, one.contactId)).toMatchObject({ role: "user" });
  expect(await shows(one.contactId)).toBe(nameOf("user"));
});

test("deals that are closed are not read again for what happens in the others, until they are open again", async () => {
  const closed = await kommo.deal("Done with");
  const open = await kommo.deal("Goes on", closed.contactId);
  const { pipelineId, statusIds } = account.installed;
  const edit = (id: number, change: object) => {
    account.control.clock.advance({ seconds: 5 });
    account.control.leads.edit({ account: account.id, id, ...change });
    return kommo.settled();
  };
  await play(closed.leadId, open.contactId, { role: "blocker" });
  await play(open.leadId, open.contactId, { role: "user" });
  await edit(closed.leadId, { status_id: 142, pipeline_id: pipelineId });
  const reading = vi.spyOn(world.server.app.get(LeadReader), "readAlone");
  const read = () => new Set(reading.mock.calls.map(([, leadId]) => leadId));
  await edit(open.leadId, { price: 100 });
  expect(read()).toEqual(new Set([open.leadId]));
  await edit(closed.leadId, { status_id: statusIds[0]!, pipeline_id: pipelineId });
  expect(read()).toEqual(new Set([open.leadId, closed.leadId]));
  expect(await shows(open.contactId)).toBe(nameOf("blocker"));
  reading.mockRestore();
});

test("an option that somebody has added and chosen there stays until the next word, and the setup tells of it", async () => {
  const { leadId, contactId } = await kommo.deal("Champion");
  await play(leadId, contactId, { role: "user" });
  await kommo.settled();
  const select = (await kommo.fields("contacts")).find(({ code }) => code === "DEALSCOPE_ROLE")!;
  const enums = [...select.enums, { value: "Champion", sort: 900 }];
  await kommo.ask("PATCH", `contacts/custom_fields/${select.id}`, { enums });
  kommo.edit(contactId, { DEALSCOPE_ROLE: "Champion" });
  await until("the setup tells of it", async () => {
    await kommo.settled();
    return (await kommo.provisioned()).problems.some((problem) => problem.includes('the option "Champion"'));
  });
  await account.ask("mirror", contactId);
  await kommo.settled();
  expect(await shows(contactId)).toBe("Champion");
  expect(await roleOf(leadId, contactId)).toEqual({ role: "user", changed_by: "Rhea Rep" });
  await play(leadId, contactId, { role: "lawyer" });
  await kommo.settled();
  expect(await shows(contactId)).toBe(nameOf("lawyer"));
  await kommo.ask("PATCH", `contacts/custom_fields/${select.id}`, { enums: select.enums });
});

test("who chooses a role in Kommo while ours is on its way is heard", async () => {
  const { leadId, contactId } = await kommo.deal("At the same time");
  account.control.faults.add({
    match: { method: "PATCH", path: "/api/v4/contacts" },
    times: 1,
    effect: { kind: "answer", status: 500 },
  });
  await play(leadId, contactId, { role: "user" });
  await until("our write waits", async () => (await kommo.rows("contact")).some((row) => row.state === "due"));
  kommo.edit(contactId, { DEALSCOPE_ROLE: nameOf("economic_buyer") });
  await until("it is heard", async () => {
    await account.hurry("write");
    await account.hurry("work");
    return (await roleOf(leadId, contactId))?.role === "economic_buyer";
  });
  await kommo.settled();
  expect(await shows(contactId)).toBe(nameOf("economic_buyer"));
});

test("a contact that was read before our write ended is read again, and nobody is thought to have changed it", async () => {
  const { leadId, contactId } = await kommo.deal("Read too early");
  await play(leadId, contactId, { role: "lawyer" });
  await kommo.settled();
  // The contact is read, and its deals take their time.
  const slow = {
    match: { method: "GET", path: "/api/v4/leads" },
    times: 1,
    effect: { kind: "delay", ms: 1_500 },
  } as const;
  account.control.faults.add(slow);
  await account.ask("mirror", contactId);
  await until("the deals are asked for", async () => account.control.faults.list()[0]?.times === 0);
  const { contactFields, roles } = await kommo.provisioned();
  await account.look("UPDATE stakeholder SET role = 'user' WHERE contact_id = $1", [contactId]);
  await kommo.put({
    leadId,
    origin: "qualification",
    target: "contact",
    body: { contactId, values: [{ field: contactFields.role!, values: [{ enumId: roles.user! }] }] },
  });
  await until("it is written", async () => (await shows(contactId)) === nameOf("user"));
  await kommo.settled();
  expect(await roleOf(leadId, contactId)).toEqual({ role: "user", changed_by: "Rhea Rep" });
  expect(await shows(contactId)).toBe(nameOf("user"));
});

test("a select that an admin has deleted is filled again, and that it was empty says nothing", async () => {
  const { leadId, contactId } = await kommo.deal("Made again");
  await play(leadId, contactId, { role: "technical_evangelist" });
  await kommo.settled();
  const field = (await kommo.fields("contacts")).find(({ code }) => code === "DEALSCOPE_ROLE")!;
  account.control.fields.remove({ account: account.id, entity: "contacts", id: field.id });
  await kommo.provision();
  await until("it is filled again", async () => {
    await kommo.settled();
    return (await shows(contactId)) === nameOf("technical_evangelist");
  });
  expect(await roleOf(leadId, contactId)).toEqual({ role: "technical_evangelist", changed_by: "Rhea Rep" });
});

test("a dry run writes nothing, and what was said meanwhile shows when it ends", async () => {
  const { leadId, contactId } = await kommo.deal("Dry");
  await save({ dryRun: true });
  await play(leadId, contactId, { role: "user" });
  await kommo.settled();
  expect(await shows(contactId)).toBeUndefined();
  await save({ dryRun: false });
  await kommo.settled();
  expect(await shows(contactId)).toBe(nameOf("user"));
});

test("a role that is renamed, or weighs something else, is shown so on everybody who plays it", async () => {
  const { leadId, contactId } = await kommo.deal("Renamed");
  await play(leadId, contactId, { role: "influencer" });
  await kommo.settled();
  const roles = DEFAULT_ROLES.map((role) =>
    role.key === "influencer" ? { ...role, name: "Adviser", weight: 55 } : role,
  );
  await save({ committee: { ...(await committee()), roles } });
  await until("it is shown", async () => {
    await kommo.settled();
    const { DEALSCOPE_ROLE, WEIGHT } = await kommo.contactFields(contactId);
    return DEALSCOPE_ROLE === "Adviser" && WEIGHT === "55";
  });
  await save({ committee: { ...(await committee()), roles: DEFAULT_ROLES } });
  await kommo.settled();
});

test("people of whom nothing was ever said are left alone", async () => {
  const { contactId } = await kommo.deal("Nothing said");
  const before = (await kommo.rows("contact")).length;
  kommo.edit(contactId, { PHONE: "+48601111111" });
  await kommo.settled();
  expect((await kommo.rows("contact")).length).toBe(before);
});

test("who is merged into another leaves him the role, and the one that is left shows it", async () => {
  const { leadId, contactId } = await kommo.deal("Merged");
  await play(leadId, contactId, { role: "user" });
  await kommo.settled();
  const other = kommo.contact({ name: "The same" });
  await kommo.link(leadId, other);
  account.control.contacts.merge({ account: account.id, id: other, others: [contactId] });
  // Of merges there is no webhook but Kommo's log, whose last seconds the scan leaves to the webhooks.
  await account.look("UPDATE account SET provisioned = jsonb_set(provisioned, '{webhook,state}', '\"unavailable\"')");
  account.forget();
  await until("the role has moved", async () => {
    await account.ask("scan", account.id, {}, 4);
    await kommo.settled();
    return (await roleOf(leadId, other))?.role === "user";
  });
  await kommo.settled();
  expect(await shows(other)).toBe(nameOf("user"));
});
