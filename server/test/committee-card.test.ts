import { Card } from "@dealscope/shared/card";
import { DEFAULT_ROLES, StageRule } from "@dealscope/shared/committee";
import { Lists } from "@dealscope/shared/lists";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let rep: Browser;
const LOST = 143;
const settings = { triggers: { onFirstMessage: false } };

beforeAll(async () => {
  world = await startApiWorld();
  account = await installAccount(world, settings);
  const { id } = account.control.accounts.addUser({ account: account.id, name: "Robin" });
  rep = await Browser.open(world, account.id, id);
});
afterAll(() => world?.stop());

const card = (id: number, browser = rep) => browser.get(Card, `/api/leads/${id}/card`);
const committee = async (id: number, browser = rep) => (await card(id, browser)).committee;

/** A deal with people, the first of them its main contact. */
function deal(...names: string[]): { id: number; contacts: number[] } {
  return dealSince(undefined, ...names);
}

function dealSince(madeAt: Date | undefined, ...names: string[]): { id: number; contacts: number[] } {
  const created_at = madeAt ? { created_at: Math.floor(madeAt.getTime() / 1000) } : {};
  const id = account.create({ name: "ERP rollout", ...created_at });
  const contacts = names.map((name) => account.control.leads.addContact({ account: account.id, id, name }).id);
  return { id, contacts };
}

async function play(
  leadId: number,
  contactId: number,
  role: string,
  more: { weight?: number; approval?: string } = {},
) {
  await account.look(
    `INSERT INTO stakeholder (account_id, lead_id, contact_id, role, weight, approval, changed_by)
     VALUES ($1, $2, $3, $4, $5, $6, 'Robin')`,
    [account.id, leadId, contactId, role, more.weight ?? null, more.approval ?? "pending"],
  );
}

test("the card of a deal that nothing is known of has its people, and marks what is missing", async () => {
  const { id, contacts } = deal("Ana Reyes");
  expect(await committee(id)).toMatchObject({
    roles: DEFAULT_ROLES.map(({ key, name }) => ({ key, name })),
    members: [
      { contactId: contacts[0], name: "Ana Reyes", role: null, approval: "pending", weight: 0, suggestion: null },
    ],
    coverage: null,
    marks: ["single_thread", "no_decision_maker"],
    objections: [],
    hold: null,
    standstill: null,
  });
});

test("whoever plays a role that decides takes the mark away, and one's own weight goes before the role's", async () => {
  const { id, contacts } = deal("Ana", "Boris");
  await play(id, contacts[0]!, "economic_buyer", { weight: 15 });
  await play(id, contacts[1]!, "lawyer", { approval: "approved" });
  const { members, marks } = await committee(id);
  expect(marks).toEqual([]);
  expect(members).toMatchObject([
    { role: "economic_buyer", weight: 15, ownWeight: 15, approval: "pending" },
    { role: "lawyer", weight: 60, ownWeight: null, approval: "approved" },
  ]);
});

test("coverage counts the roles of the next stage that asks for any, by their weight", async () => {
  const { pipelineId, statusIds } = account.installed;
  const rule = (statusId: number, more: Partial<StageRule>) => StageRule.parse({ statusId, ...more });
  const stages = [
    rule(statusIds[0]!, { requiredFieldIds: [1] }),
    rule(statusIds[1]!, { requiredRoles: ["decision_maker"], requiredApprovals: ["lawyer"], wantedRoles: ["user"] }),
    rule(statusIds[2]!, { requiredRoles: ["user"] }),
    rule(143, { requiredRoles: ["blocker"] }),
  ];
  await account.set({ ...settings, gates: { pipelines: [{ pipelineId, stages, isOn: false }] as never } });
  const { id, contacts } = deal("Ana", "Boris");
  account.control.leads.move({ account: account.id, id, status_id: statusIds[0]! });
  await play(id, contacts[0]!, "lawyer");
  await play(id, contacts[1]!, "user");
  // 60 + 30 of 100 + 60 + 30.
  expect((await committee(id)).coverage).toEqual({ percent: 47, missing: ["decision_maker"] });
  account.control.leads.move({ account: account.id, id, status_id: statusIds[2]! });
  await until("the move is known", async () => (await committee(id)).coverage?.percent === 100);
  account.control.leads.move({ account: account.id, id, status_id: statusIds[3]! });
  await until("nothing is asked for any more", async () => (await committee(id)).coverage === null);
  await account.set(settings);
});

test("somebody is silent when nothing was heard of him for long, and his last word is his last touch", async () => {
  const { id, contacts } = deal("Ana", "Boris", "Cem");
  await committee(id);
  for (const [contact, days, direction] of [
    [contacts[0], 20, "incoming"],
    [contacts[0], 1, "outgoing"],
    [contacts[1], 3, "incoming"],
  ] as const) {
    await account.look(
      `INSERT INTO message (account_id, message_id, lead_id, contact_id, direction, text, author, origin, at)
       VALUES ($1, gen_random_uuid()::text, $2, $3, $4, 'Hello', '', 'waba', app_now() - $5 * interval '1 day')`,
      [account.id, id, contact, direction, days],
    );
  }
  const { members } = await committee(id);
  expect(members.map(({ isSilent }) => isSilent)).toEqual([true, false, false]);
  expect(members[2]!.lastTouchAt).toBeNull();
  expect(Date.now() - Date.parse(members[0]!.lastTouchAt!)).toBeGreaterThan(19 * 86_400_000);
});

test("a role that was taken out of the settings stays readable by its key", async () => {
  const { id, contacts } = deal("Ana");
  await play(id, contacts[0]!, "sponsor_of_old");
  const { roles, members } = await committee(id);
  expect(members[0]).toMatchObject({ role: "sponsor_of_old", weight: 0 });
  expect(roles.at(-1)).toEqual({
    key: "sponsor_of_old",
    name: "sponsor_of_old",
    weight: 0,
    decides: false,
    opposes: false,
  });
});

test("the card shows what holds a deal, by name, and the button to those who may let it through", async () => {
  const { pipelineId, statusIds } = account.installed;
  const overruler = account.control.accounts.addUser({ account: account.id, name: "Olga" });
  const admin = await Browser.open(world, account.id, account.installed.adminId);
  const budget = account.control.fields.create({ account: account.id, name: "Budget", type: "numeric" });
  const { pipelines } = await admin.get(Lists, "/api/lists");
  const stages = [{ statusId: statusIds[2]!, requiredApprovals: ["lawyer"], requiredFieldIds: [budget.id] }];
  const rules = { pipelineId, stages, noSkipping: true, overrulerIds: [overruler.id] };
  await account.set({ ...settings, gates: { pipelines: [rules] as never } });
  const { id, contacts } = deal("Ana");
  await committee(id);
  await play(id, contacts[0]!, "lawyer");
  account.control.leads.move({ account: account.id, id, status_id: statusIds[2]! });
  await until("the deal is held", async () => (await committee(id)).hold !== null);
  const nameOf = (statusId: number) =>
    pipelines.flatMap((pipeline) => pipeline.stages).find((stage) => stage.id === statusId)!.name;
  expect((await committee(id)).hold).toMatchObject({
    wanted: { pipelineId, statusId: statusIds[2], name: nameOf(statusIds[2]!) },
    missing: [
      { kind: "skipped", statusId: statusIds[1] },
      { kind: "approval", role: "lawyer", contactId: contacts[0], approval: "pending" },
      { kind: "field", fieldId: budget.id },
    ],
    names: [
      { kind: "stage", id: statusIds[1], name: nameOf(statusIds[1]!) },
      { kind: "field", id: budget.id, name: "Budget" },
    ],
    overruledBy: null,
    mayOverrule: false,
  });
  const other = await Browser.open(world, account.id, overruler.id);
  expect((await committee(id, other)).hold).toMatchObject({ mayOverrule: true });
  expect((await committee(id, admin)).hold).toMatchObject({ mayOverrule: true });
  await account.set(settings);
});

test("a deal that stands still says who and what keeps it, heaviest first, and for how long", async () => {
  const { pipelineId, statusIds } = account.installed;
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000 - 60_000);
  const { id, contacts } = dealSince(ago(42), "Ana", "Boris");
  await committee(id);
  await play(id, contacts[0]!, "decision_maker");
  await play(id, contacts[1]!, "lawyer");
  await until("it is known how old it is", async () => (await committee(id)).standstill?.days === 42);
  await account.look("UPDATE stakeholder_change SET at = $2 WHERE lead_id = $1", [id, ago(30)]);
  const [{ hold }] = (await account.look(
    `INSERT INTO hold (account_id, lead_id, from_pipeline_id, from_status_id, wanted_pipeline_id, wanted_status_id, missing, since)
     VALUES ($1, $2, $3, $4, $3, $5, $6, $7) RETURNING id AS hold`,
    [
      ...[account.id, id, pipelineId, statusIds[0], statusIds[1]],
      JSON.stringify([
        { kind: "approval", role: "lawyer", contactId: contacts[1], approval: "pending" },
        { kind: "field", fieldId: 77 },
      ]),
      ago(40),
    ],
  )) as [{ hold: number }];
  await account.look(
    "INSERT INTO hold_reason (account_id, hold_id, kind, what, contact_id, since) VALUES ($1, $2, 'approval', 'lawyer', $3, $4)",
    [account.id, hold, contacts[1], ago(25)],
  );
  for (const [state, text] of [
    ["open", "No budget this year"],
    ["suggested", "Too expensive"],
    ["answered", "No references"],
  ]) {
    await account.look(
      `INSERT INTO objection (account_id, lead_id, contact_id, text, weight, state, since, changed_by)
       VALUES ($1, $2, $3, $4, 80, $5, $6, 'Robin')`,
      [account.id, id, contacts[0], text, state, ago(38)],
    );
  }
  expect((await committee(id)).standstill).toEqual({
    days: 42,
    because: [
      { kind: "silence", contactId: contacts[0], role: "decision_maker", text: "", days: 30 },
      { kind: "objection", contactId: contacts[0], role: "decision_maker", text: "No budget this year", days: 38 },
      { kind: "silence", contactId: contacts[1], role: "lawyer", text: "", days: 30 },
      { kind: "approval", contactId: contacts[1], role: "lawyer", text: "", days: 25 },
      { kind: "field", contactId: null, role: null, text: "77", days: 40 },
    ],
  });
  account.control.leads.move({ account: account.id, id, status_id: LOST });
  await until("a deal that is lost does not stand still", async () => (await committee(id)).standstill === null);
});

test("the time in the stage is counted from the move into it", async () => {
  const { statusIds } = account.installed;
  const { id } = dealSince(new Date(Date.now() - 100 * 86_400_000 - 60_000), "Ana");
  await until("it stands still since it was made", async () => (await committee(id)).standstill?.days === 100);
  account.control.leads.move({ account: account.id, id, status_id: statusIds[2]! });
  await until("the deal moves again", async () => (await committee(id)).standstill === null);
});
