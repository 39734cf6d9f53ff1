import { AccountSettings } from "@dealscope/shared/account-settings";
import { ApiError } from "@dealscope/shared/api-error";
import { Card } from "@dealscope/shared/card";
import type { GateSettings } from "@dealscope/shared/committee";
import { DigitalPipelineSetup, Gates, GateTemplate } from "@dealscope/shared/gates";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Gated, LAWYER } from "./gates.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world?.stop());

async function open(...rules: Parameters<typeof Gated.open> extends [World, ...infer Rest] ? Rest : never) {
  const gated = await Gated.open(world, ...rules);
  const admin = await Browser.open(world, gated.account.id, gated.account.installed.adminId);
  return { gated, admin };
}

/** Changes the rules as the settings page does. */
async function change(admin: Browser, edit: (gates: GateSettings) => unknown) {
  const { version, settings } = await admin.get(AccountSettings, "/api/settings");
  edit(settings.gates);
  const answer = await admin.ask("/api/settings", { method: "PUT", body: { version, settings } });
  return answer.status === 200 ? [] : (ApiError.parse(answer.body).error.issues ?? []);
}

const gatesOf = (admin: Browser) => admin.get(Gates, "/api/gates");

/** An administrator's own calls to Kommo. */
async function inKommo(gated: Gated, method: string, path: string): Promise<number> {
  const { access_token } = gated.account.control.oauth.longLivedToken({ account: gated.account.id });
  const answer = await fetch(`${world.kommo.origin}/api/v4${path}`, {
    method,
    headers: { authorization: `Bearer ${access_token}` },
  });
  return answer.status;
}

async function held(gated: Gated) {
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  return id;
}

test("a rule that is taken away holds nobody: the deal goes where it was wanted, and its task is closed", async () => {
  const { gated, admin } = await open();
  const id = await held(gated);
  expect(await change(admin, (gates) => Object.assign(gates.pipelines[0]!, { stages: [] }))).toEqual([]);
  await gated.standsIn(id, 1);
  await gated.quiet();
  expect(await gated.holds(id)).toMatchObject([{ outcome: "released" }]);
  expect(gated.openTasks(id)).toEqual([]);
});

test("rules that ask for more keep the deal, and say so", async () => {
  const { gated, admin } = await open();
  const id = await held(gated);
  await change(admin, (gates) => gates.pipelines[0]!.stages[0]!.requiredRoles.push("user"));
  await gated.approve(id);
  await gated.quiet();
  expect(await gated.holds(id)).toMatchObject([{ outcome: null, missing: [{ kind: "role", role: "user" }] }]);
});

test("what is wrong with rules is told when they are saved, each with its place", async () => {
  const { gated, admin } = await open();
  const issues = await change(admin, (gates) => {
    const [pipeline] = gates.pipelines;
    pipeline!.stages.push(gated.rule(1), { ...gated.rule(0), statusId: 999 }, gated.rule(2, { minCoverage: 50 }));
    pipeline!.stages.push(gated.rule(0, { requiredFieldIds: [12345] }));
    pipeline!.overrulerIds = [4711];
    gates.pipelines.push({ ...pipeline!, pipelineId: 31, stages: [] }, { ...pipeline!, stages: [], overrulerIds: [] });
    gates.clock = { remindAfterHours: 10, escalateAfterHours: 10, escalateToId: 4712 };
  });
  const said = Object.fromEntries(issues.map(({ path, message }) => [path.replace("settings.gates.", ""), message]));
  expect(said).toEqual({
    "pipelines.0.stages.1.statusId": "This stage has a rule already.",
    "pipelines.0.stages.2.statusId": expect.stringMatching(/^There is no stage 999 in the pipeline /),
    "pipelines.0.stages.3.minCoverage": expect.stringContaining("name at least one"),
    "pipelines.0.stages.4.requiredFieldIds.0": "There is no field 12345 of leads in this account.",
    "pipelines.0.overrulerIds.0": "There is no user 4711 in this account.",
    "pipelines.1.pipelineId": "There is no pipeline 31 in this account.",
    "pipelines.2.pipelineId": "This pipeline has rules already.",
    "clock.escalateAfterHours": expect.stringContaining("after the reminder"),
    "clock.escalateToId": "There is no user 4712 in this account.",
  });
});

test("a stage that was deleted in Kommo: its rule is broken, and whoever was held is let go", async () => {
  const { gated, admin } = await open();
  const id = await held(gated);
  expect((await gatesOf(admin)).pipelines[0]).toMatchObject({ held: 1, stages: [{ held: 1, broken: [] }] });
  const stage = `/leads/pipelines/${gated.pipelineId}/statuses/${gated.stage(1)}`;
  expect(await inKommo(gated, "DELETE", stage)).toBe(204);
  await gated.account.ask("provision", gated.account.id);
  await until("the deal is let go", async () => (await gated.holds(id))[0]?.outcome === "released");
  await gated.quiet();
  expect([gated.placeOf(id), gated.openTasks(id)]).toEqual([0, []]);
  const [pipeline] = (await gatesOf(admin)).pipelines;
  expect(pipeline!.stages[0]).toMatchObject({ name: null, broken: [expect.stringContaining("does not exist")] });
  // It does not keep an administrator from saving anything else.
  expect(await change(admin, (gates) => Object.assign(gates.clock, { remindAfterHours: 12 }))).toEqual([]);
});

test("a whole pipeline that was deleted in Kommo: its rules are broken, and whoever was held before it is let go", async () => {
  const { gated, admin } = await open();
  const other = gated.account.control.accounts.addPipeline({
    ...{ account: gated.account.id, name: "Partners", stages: ["Talks", "Contract"] },
  });
  const contract = other.statuses.find(({ name }) => name === "Contract")!;
  await gated.account.ask("provision", gated.account.id);
  await gated.account.quiet("provision");
  const rules = { ...gated.rule(0, { requiredApprovals: [LAWYER] }), statusId: contract.id };
  const empty = { isOn: true, noSkipping: false, noMovingBack: false, overrulerIds: [], nativeLock: false };
  expect(
    await change(admin, (gates) => gates.pipelines.push({ ...empty, pipelineId: other.id, stages: [rules] })),
  ).toEqual([]);
  const { id } = await gated.deal();
  const into = { account: gated.account.id, id, pipeline_id: other.id, status_id: contract.id };
  gated.account.control.leads.move(into);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  expect(await inKommo(gated, "DELETE", `/leads/pipelines/${other.id}`)).toBe(204);
  await gated.account.ask("provision", gated.account.id);
  await until("the deal is let go", async () => (await gated.holds(id))[0]?.outcome === "released");
  await gated.quiet();
  expect([gated.placeOf(id), gated.openTasks(id)]).toEqual([0, []]);
  const shown = (await gatesOf(admin)).pipelines.find(({ pipelineId }) => pipelineId === other.id);
  expect(shown).toMatchObject({ name: null, held: 0, broken: [expect.stringContaining("does not exist")] });
});

test("the stage that a deal came from was deleted: it is not sent back there", async () => {
  const { gated } = await open({ noMovingBack: true, stages: [] });
  const { id } = await gated.deal(2);
  await gated.quiet();
  expect(await inKommo(gated, "DELETE", `/leads/pipelines/${gated.pipelineId}/statuses/${gated.stage(2)}`)).toBe(204);
  await gated.account.ask("provision", gated.account.id);
  await until("Kommo has moved it", () => gated.placeOf(id) !== 2);
  await gated.account.quiet("provision");
  await gated.account.ask("gate", id, {}, 1);
  await until("it is at home where it fell", async () => {
    const [place] = await gated.account.look<{ status_id: string }>(
      "SELECT status_id FROM gate_place WHERE account_id = $1 AND lead_id = $2",
      [gated.account.id, id],
    );
    return Number(place?.status_id) === gated.account.lead(id).status_id;
  });
  await gated.quiet();
  expect((await gated.holds(id)).filter(({ outcome }) => outcome === null)).toEqual([]);
});

test("a user who has left is told of, and the rule goes on", async () => {
  const { gated, admin } = await open();
  const { id: olga } = gated.account.control.accounts.addUser({ account: gated.account.id, name: "Olga" });
  await gated.account.ask("provision", gated.account.id);
  await gated.account.quiet("provision");
  expect(await change(admin, (gates) => Object.assign(gates.pipelines[0]!, { overrulerIds: [olga] }))).toEqual([]);
  gated.account.control.accounts.changeUser({ account: gated.account.id, user_id: olga, is_active: false });
  await gated.account.ask("provision", gated.account.id);
  await until("it is told", async () => (await gatesOf(admin)).pipelines[0]!.broken.length > 0);
  expect((await gatesOf(admin)).pipelines[0]!.broken).toEqual([expect.stringContaining("Olga")]);
  await held(gated);
});

test("who may overrule does it from the card; who may not, and where nothing is held, is told", async () => {
  const { gated, admin } = await open();
  const { id: userId } = gated.account.control.accounts.addUser({ account: gated.account.id, name: "Robin" });
  const rep = await Browser.open(world, gated.account.id, userId);
  const { id } = await gated.deal();
  await gated.quiet();
  const path = `/api/leads/${id}/hold/overrule`;
  expect(await admin.refusal(path, { method: "POST" })).toEqual([409, "conflict"]);
  gated.move(id, 1);
  await gated.held(id);
  expect(await rep.refusal(path, { method: "POST" })).toEqual([403, "forbidden"]);
  await admin.send(Card, path, {});
  await gated.standsIn(id, 1);
  const [audit] = await gated.account.look("SELECT action FROM audit WHERE account_id = $1 AND subject = $2", [
    gated.account.id,
    `lead ${id}`,
  ]);
  expect(audit).toEqual({ action: "gate overruled" });
});

test("a pipeline of buying stages is made once, however often it is asked for", async () => {
  const { gated, admin } = await open();
  const pipelines = () => gated.account.control.accounts.show({ account: gated.account.id }).pipelines;
  const before = pipelines().length;
  expect((await gatesOf(admin)).template.state).toBe("none");
  await Promise.all([1, 2, 3].map(() => admin.send(GateTemplate, "/api/gates/template", {})));
  await until("it is made", async () => (await gatesOf(admin)).template.state === "made");
  await admin.send(GateTemplate, "/api/gates/template", {});
  await gated.account.quiet("pipeline_template");
  expect(pipelines()).toHaveLength(before + 1);
  const { template } = await gatesOf(admin);
  const made = pipelines().find(({ id }) => id === template.pipelineId)!;
  expect(template.stages.map(({ statusId }) => made.statuses.find(({ id }) => id === statusId)?.name)).toEqual([
    ...["Decision-maker qualification", "Technical validation", "Budget approval", "Legal review", "Signing"],
  ]);
  // Rules for it can be saved at once.
  const rules = gated.rule(0, { requiredRoles: [LAWYER] });
  const stages = template.stages.map((stage) => ({ ...rules, ...stage }));
  const empty = { isOn: true, noSkipping: true, noMovingBack: false, overrulerIds: [], nativeLock: false };
  expect(
    await change(admin, (gates) => gates.pipelines.push({ ...empty, pipelineId: template.pipelineId!, stages })),
  ).toEqual([]);
});

test("a pipeline whose answer was lost is found again, not made twice", async () => {
  const { gated, admin } = await open();
  const pipelines = () => gated.account.control.accounts.show({ account: gated.account.id }).pipelines;
  const before = pipelines().length;
  const match = { method: "POST", path: "/api/v4/leads/pipelines*", account: gated.account.id };
  world.kommo.control.faults.add({ match, times: 1, effect: { kind: "drop-after" } });
  await admin.send(GateTemplate, "/api/gates/template", {});
  await until("it is made", async () => (await gatesOf(admin)).template.state === "made");
  expect(pipelines()).toHaveLength(before + 1);
});

const requiredBy = (gated: Gated, field: number) =>
  gated.account.control.fields.list({ account: gated.account.id }).find(({ id }) => id === field)!.required_statuses;

test("required fields are required in Kommo itself where that is switched on, and no longer when it is switched off", async () => {
  const { gated, admin } = await open({ stages: [] });
  const byHand = { pipeline_id: gated.pipelineId, status_id: gated.stage(2) };
  const { id: budget } = gated.account.control.fields.create({
    ...{ account: gated.account.id, name: "Budget", type: "numeric", required_statuses: [byHand] },
  });
  await gated.account.ask("provision", gated.account.id);
  await gated.account.quiet("provision");
  const rule = gated.rule(1, { requiredFieldIds: [budget] });
  const lock = (nativeLock: boolean) =>
    change(admin, (gates) => Object.assign(gates.pipelines[0]!, { nativeLock, stages: [rule] }));
  expect(await lock(true)).toEqual([]);
  const ours = { pipeline_id: gated.pipelineId, status_id: gated.stage(1) };
  await until("it is required", () => requiredBy(gated, budget).length === 2);
  expect(requiredBy(gated, budget)).toEqual([byHand, ours]);
  await lock(false);
  await until("it is not required any more", () => requiredBy(gated, budget).length === 1);
  expect(requiredBy(gated, budget)).toEqual([byHand]);
});

test("where the plan does not allow required fields, that is said", async () => {
  const { gated, admin } = await open({ stages: [] });
  const { id: budget } = gated.account.control.fields.create({
    ...{ account: gated.account.id, name: "Budget", type: "numeric" },
  });
  await gated.account.ask("provision", gated.account.id);
  await gated.account.quiet("provision");
  const body = { title: "Forbidden", status: 403, detail: "Not in this plan" };
  const match = { method: "PATCH", path: "*custom_fields*", account: gated.account.id };
  const headers = { "content-type": "application/problem+json" };
  world.kommo.control.faults.add({ match, effect: { kind: "answer", status: 403, body, headers } });
  const stages = [gated.rule(1, { requiredFieldIds: [budget] })];
  await change(admin, (gates) => Object.assign(gates.pipelines[0]!, { nativeLock: true, stages }));
  await until("it is said", async () => (await gatesOf(admin)).nativeLockProblem !== null);
  expect((await gatesOf(admin)).nativeLockProblem).toContain("Budget");
  world.kommo.control.faults.clear();
});

test("a field that was missing lets the deal on as soon as it is filled", async () => {
  const { gated } = await open();
  const { id: budget } = gated.account.control.fields.create({
    ...{ account: gated.account.id, name: "Budget", type: "numeric" },
  });
  await gated.account.ask("provision", gated.account.id);
  await gated.account.quiet("provision");
  await gated.setRules({ stages: [gated.rule(1, { requiredFieldIds: [budget] })] });
  const id = await held(gated);
  expect(gated.tasks(id)[0]?.text).toContain("Budget");
  gated.account.control.leads.edit({ account: gated.account.id, id, fields: { Budget: 80_000 } });
  await gated.standsIn(id, 1);
});

test("the key for the Digital Pipeline is shown to administrators, and stays the same", async () => {
  const { gated, admin } = await open();
  const { id } = gated.account.control.accounts.addUser({ account: gated.account.id, name: "Robin" });
  const rep = await Browser.open(world, gated.account.id, id);
  expect(await rep.refusal("/api/gates/digital-pipeline")).toEqual([403, "forbidden"]);
  expect(await rep.refusal("/api/gates/template", { method: "POST" })).toEqual([403, "forbidden"]);
  const first = await admin.get(DigitalPipelineSetup, "/api/gates/digital-pipeline");
  expect(first.url).toBe(new URL("/hooks/kommo/dp", world.config.PUBLIC_URL).href);
  expect(await admin.get(DigitalPipelineSetup, "/api/gates/digital-pipeline")).toEqual(first);
});
