import { LOST, WON } from "@dealscope/shared/stage-ref";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Holds, MayNotOverrule, NoHold } from "../src/committee/gates/holds.service.ts";
import { holdsBegun, holdsEnded } from "../src/meters.ts";
import { texts, unlimited } from "./account.ts";
import { countedFromNow } from "./counted.ts";
import { Gated, LAWYER } from "./gates.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld(unlimited);
});
afterAll(() => world?.stop());

const holds = () => world.server.app.get(Holds);

test("a deal without the approval goes back, with one task that names who must approve, and a note", async () => {
  const gated = await Gated.open(world);
  const [begun, ended] = [await countedFromNow(holdsBegun), await countedFromNow(holdsEnded)];
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  expect([await begun(), await ended()]).toEqual([1, 0]);
  const [task, ...others] = gated.tasks(id);
  expect(others).toEqual([]);
  expect(task?.text).toContain("the approval of Lena Recht (Lawyer)");
  expect(task?.responsible_user_id).toBe(gated.account.lead(id).responsible_user_id);
  expect(gated.notes(id)).toHaveLength(1);
});

test("when the last approval comes, the deal moves on by itself and the task is closed", async () => {
  const gated = await Gated.open(world);
  const ended = await countedFromNow(holdsEnded);
  const approved = await countedFromNow(holdsEnded, { outcome: "approved" });
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.approve(id);
  await gated.standsIn(id, 1);
  await gated.quiet();
  expect(await gated.holds(id)).toMatchObject([{ outcome: "approved" }]);
  expect([await ended(), await approved()]).toEqual([1, 1]);
  expect([gated.tasks(id).length, gated.openTasks(id).length]).toEqual([1, 0]);
  const reasons = await gated.account.look(
    "SELECT kind, what, ended_at IS NOT NULL AS ended FROM hold_reason WHERE account_id = $1",
    [gated.account.id],
  );
  expect(reasons).toEqual([{ kind: "approval", what: LAWYER, ended: true }]);
});

test("a rejection is told, and keeps the deal", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.quiet();
  await gated.approve(id, "rejected");
  await gated.quiet();
  const [hold] = await gated.holds(id);
  expect(hold).toMatchObject({ outcome: null, missing: [{ kind: "approval", approval: "rejected" }] });
  expect(gated.placeOf(id)).toBe(0);
});

test("a deal that has its approval goes through, and nobody is bothered", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  await gated.approve(id);
  await gated.quiet();
  gated.move(id, 1);
  await gated.quiet();
  expect(gated.placeOf(id)).toBe(1);
  expect([await gated.holds(id), gated.tasks(id)]).toEqual([[], []]);
});

test("dragging again ten times makes no second task and no second note", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  for (let times = 0; times < 10; times++) {
    gated.move(id, 1);
    await gated.standsIn(id, 0);
  }
  await gated.quiet();
  expect(await gated.holds(id)).toHaveLength(1);
  expect([gated.tasks(id).length, gated.notes(id).length]).toEqual([1, 1]);
});

test("an approval in the middle of the dragging lets the deal through", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.standsIn(id, 0);
  gated.move(id, 1);
  await gated.approve(id);
  await gated.quiet();
  await gated.standsIn(id, 1);
  await gated.quiet();
  expect([gated.placeOf(id), gated.openTasks(id).length]).toEqual([1, 0]);
});

test("two quick moves end in the right place: the second is where the deal is wanted", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  gated.move(id, 1);
  gated.move(id, 2);
  await gated.quiet();
  // From the first stage to the third there is no rule in the way.
  expect(gated.placeOf(id)).toBe(2);
  expect(gated.openTasks(id)).toEqual([]);
});

test("two quick moves into stages it may not enter: it is held before the second", async () => {
  const gated = await Gated.open(world);
  await gated.setRules({ stages: [1, 2].map((place) => gated.rule(place, { requiredApprovals: [LAWYER] })) });
  const { id } = await gated.deal();
  gated.move(id, 1);
  gated.move(id, 2);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  expect(await gated.holds(id)).toMatchObject([{ outcome: null, wanted_status_id: gated.stage(2) }]);
  expect([gated.placeOf(id), gated.tasks(id).length]).toEqual([0, 1]);
  expect(gated.tasks(id)[0]!.text).toContain(`“${gated.nameOf(2)}”`);
  await gated.approve(id);
  await gated.standsIn(id, 2);
});

test("a deal that is held and taken elsewhere is no longer wanted", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  gated.move(id, 2);
  await until("the hold is over", async () => (await gated.holds(id))[0]?.outcome === "given_up");
  await gated.approve(id);
  await gated.quiet();
  expect([gated.placeOf(id), gated.openTasks(id).length]).toEqual([2, 0]);
});

test("our own move back is not judged again", async () => {
  const gated = await Gated.open(world);
  await gated.setRules({ stages: [gated.rule(1, { requiredApprovals: [LAWYER] })], noMovingBack: true });
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  // Moving back is forbidden in this pipeline, but not to us.
  expect([gated.placeOf(id), (await gated.holds(id)).length, gated.tasks(id).length]).toEqual([0, 1, 1]);
  const moves = await gated.account.look(
    "SELECT outcome FROM write WHERE account_id = $1 AND lead_id = $2 AND body ? 'stage'",
    [gated.account.id, id],
  );
  expect(moves).toEqual([{ outcome: "sent" }]);
});

test("our own move back is not sent when the deal has left the refused stage", async () => {
  const gated = await Gated.open(world);
  const { account } = gated;
  const { id } = await gated.deal();
  await gated.quiet();
  const match = { method: "PATCH", path: "/api/v4/leads", account: account.id };
  world.kommo.control.faults.add({ match, effect: { kind: "answer", status: 503 } });
  gated.move(id, 1);
  await gated.held(id);
  await until("Kommo does not take it now", async () => (await movesOf(gated, id))[0]?.waits === 1);
  // Nobody tells of it, so the move is still to be sent when it is about to be.
  await account.control.hooks.weather({ account: account.id, dropRate: 1 });
  account.control.leads.move({ account: account.id, id, status_id: LOST });
  world.kommo.control.faults.clear();
  await account.hurry("write");
  await until("the deal is known to be lost", async () => (await gated.holds(id))[0]?.outcome === "given_up");
  await gated.quiet();
  expect(account.lead(id).status_id).toBe(LOST);
  expect(await movesOf(gated, id)).toMatchObject([{ state: "superseded" }]);
});

const movesOf = ({ account }: Gated, id: number) =>
  account.look<{ state: string; waits: number }>(
    "SELECT state, waits FROM write WHERE account_id = $1 AND lead_id = $2 AND body ? 'stage' ORDER BY seq",
    [account.id, id],
  );

test.each([true, false])(
  "a bulk edit of another integration is caught, each deal by itself, told in one body: %s",
  async (hooksShareBody) => {
    world.kommo.control.switches.set({ hooksShareBody });
    const gated = await Gated.open(world);
    const deals = [await gated.deal(), await gated.deal(), await gated.deal()];
    await gated.approve(deals[1]!.id);
    await gated.quiet();
    const { access_token } = gated.account.control.oauth.longLivedToken({ account: gated.account.id });
    const moved = await fetch(`${world.kommo.origin}/api/v4/leads`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      body: JSON.stringify(deals.map(({ id }) => ({ id, status_id: gated.stage(1), pipeline_id: gated.pipelineId }))),
    });
    expect(moved.status).toBe(200);
    for (const { id } of [deals[0]!, deals[2]!]) await gated.held(id);
    await gated.quiet();
    expect(deals.map(({ id }) => gated.placeOf(id))).toEqual([0, 1, 0]);
    world.kommo.control.switches.set({ hooksShareBody: false });
  },
);

test("a move that no webhook told of is found by the scan", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  await gated.quiet();
  gated.account.control.hooks.weather({ account: gated.account.id, dropRate: 1 });
  gated.move(id, 1);
  // The scan leaves webhooks some time.
  await until(
    "the deal is sent back",
    async () => {
      await gated.account.hurry("work");
      return gated.placeOf(id) === 0;
    },
    60_000,
  );
  expect(await gated.holds(id)).toHaveLength(1);
}, 90_000);

test("won and lost have rules of their own", async () => {
  const gated = await Gated.open(world);
  const won = { ...gated.rule(0, { requiredApprovals: [LAWYER] }), statusId: WON };
  await gated.setRules({ stages: [won] });
  const { id } = await gated.deal();
  const close = (status_id: number) => gated.account.control.leads.move({ account: gated.account.id, id, status_id });
  close(WON);
  await gated.held(id);
  await gated.standsIn(id, 0);
  // To be lost nothing is asked for.
  close(LOST);
  await gated.quiet();
  expect(gated.account.lead(id).status_id).toBe(LOST);
  expect(await gated.holds(id)).toMatchObject([{ outcome: "given_up" }]);

  const lost = { ...gated.rule(0, { requiredRoles: ["user"] }), statusId: LOST };
  await gated.setRules({ stages: [won, lost] });
  const { id: other } = await gated.deal();
  gated.account.control.leads.move({ account: gated.account.id, id: other, status_id: LOST });
  await gated.held(other);
  await gated.standsIn(other, 0);
  expect(await gated.holds(other)).toMatchObject([{ missing: [{ kind: "role", role: "user" }] }]);
});

test("no stage is skipped, and being lost in between skips none either", async () => {
  const gated = await Gated.open(world, { stages: [], noSkipping: true });
  const { id } = await gated.deal();
  gated.move(id, 2);
  await gated.held(id);
  await gated.standsIn(id, 0);
  gated.account.control.leads.move({ account: gated.account.id, id, status_id: LOST });
  await gated.quiet();
  gated.move(id, 2);
  await until("the deal is lost again", () => gated.account.lead(id).status_id === LOST);
  gated.move(id, 0);
  await gated.quiet();
  expect(gated.placeOf(id)).toBe(0);
});

test("whoever may overrule lets the deal pass, and nobody else", async () => {
  const gated = await Gated.open(world, { overrulerIds: [77] });
  const { id } = await gated.deal();
  const by = (userId: number, isAdmin = false) => ({ userId, name: "Olga", isAdmin });
  await expect(holds().overrule(gated.account.id, id, by(77))).rejects.toThrow(NoHold);
  gated.move(id, 1);
  await gated.held(id);
  await expect(holds().overrule(gated.account.id, id, by(78))).rejects.toThrow(MayNotOverrule);
  await holds().overrule(gated.account.id, id, by(77));
  await holds().overrule(gated.account.id, id, by(77));
  await gated.quiet();
  await gated.standsIn(id, 1);
  await gated.quiet();
  expect(await gated.holds(id)).toMatchObject([{ outcome: "overruled", ended_by: "Olga" }]);
  expect([gated.placeOf(id), gated.openTasks(id).length]).toEqual([1, 0]);
  const said = () => gated.texts(id).filter((text) => text.startsWith("Olga let this deal into"));
  await until("the deal's feed tells of it", () => said().length > 0);
  expect(said()).toEqual([
    expect.stringMatching(
      /^Olga let this deal into “.+”\.\nWhat was missing:\n– the approval of Lena Recht \(Lawyer\)/,
    ),
  ]);
});

test("a deal that is deleted is let go, and so is its task", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.quiet();
  gated.account.control.leads.remove({ account: gated.account.id, id });
  await until("the hold is over", async () => (await gated.holds(id))[0]?.outcome === "gone");
  await until("its task is closed", () => gated.openTasks(id).length === 0);
  expect(gated.tasks(id)).toHaveLength(1);
});

test("a deal that is held and merged into another is let go, and the other is not held for it", async () => {
  const gated = await Gated.open(world);
  const [{ id }, { id: other }] = [await gated.deal(), await gated.deal()];
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  gated.account.control.leads.merge({ account: gated.account.id, id: other, others: [id] });
  await until("the hold is over", async () => (await gated.holds(id))[0]?.outcome === "gone");
  await gated.quiet();
  expect([gated.placeOf(other), await gated.holds(other)]).toEqual([0, []]);
  expect([...gated.openTasks(id), ...gated.openTasks(other)]).toEqual([]);
});

test("a deal that is held stays held when another is merged into it", async () => {
  const gated = await Gated.open(world);
  const [{ id }, { id: other }] = [await gated.deal(), await gated.deal()];
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  gated.account.control.leads.merge({ account: gated.account.id, id, others: [other] });
  await gated.quiet();
  expect((await gated.holds(id)).map(({ outcome }) => outcome)).toEqual([null]);
  await gated.account.look("UPDATE stakeholder SET approval = 'approved' WHERE account_id = $1", [gated.account.id]);
  await gated.approve(id);
  await gated.standsIn(id, 1);
});

test("how long a deal has stood in its stage is not forgotten when a move of it is refused", async () => {
  const gated = await Gated.open(world);
  const { account } = gated;
  const { access_token } = account.control.oauth.longLivedToken({ account: account.id });
  const created_at = Math.floor(Date.now() / 1000) - 42 * 86_400;
  const made = await fetch(`${world.kommo.origin}/api/v4/leads`, {
    method: "POST",
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    body: JSON.stringify([{ name: "Old deal", status_id: gated.stage(0), pipeline_id: gated.pipelineId, created_at }]),
  });
  const { id } = ((await made.json()) as { _embedded: { leads: [{ id: number }] } })._embedded.leads[0];
  await gated.quiet();
  // As for a deal that was there before anybody made rules.
  await account.look("DELETE FROM gate_place WHERE account_id = $1", [account.id]);
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  const [place] = await account.look<{ since: Date }>("SELECT since FROM gate_place WHERE account_id = $1", [
    account.id,
  ]);
  expect(place!.since.getTime()).toBe(created_at * 1000);
});

test("a move back does not wait for a batch that Kommo takes its time for", async () => {
  const gated = await Gated.open(world);
  const { account } = gated;
  const { id } = await gated.deal();
  // Its own verdict is written.
  await account.quiet();
  const match = { method: "PATCH", path: "/api/v4/leads*", account: account.id };
  world.kommo.control.faults.add({ match, times: 1, effect: { kind: "delay", ms: 12_000 } });
  const slow = account.create({ name: "Inquiry", note: texts.hot, status_id: gated.stage(0) });
  await account.ask("qualify", slow);
  await until("its verdict is on its way", () => world.kommo.control.faults.list().every(({ times }) => times === 0));
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  expect(account.segment(slow)).toEqual([]);
  await account.written(slow);
  world.kommo.control.faults.clear();
});

test("where there are no rules nothing is asked for", async () => {
  const gated = await Gated.open(world, { isOn: false });
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.quiet();
  expect(gated.placeOf(id)).toBe(1);
  expect(await gated.account.look("SELECT 1 FROM gate_place WHERE account_id = $1", [gated.account.id])).toEqual([]);
});

test("a dry run moves nothing", async () => {
  const gated = await Gated.open(world, {}, { dryRun: true });
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.quiet();
  expect([gated.placeOf(id), await gated.holds(id)]).toEqual([1, []]);
});

test("in a dry run nobody is held, and who was held before is so again when it is over", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  const rules = { stages: [gated.rule(1, { requiredApprovals: [LAWYER] })] };
  await gated.setRules(rules, { dryRun: true });
  gated.move(id, 1);
  await gated.account.ask("gate", id, {}, 1);
  await gated.quiet();
  expect([gated.placeOf(id), (await gated.holds(id))[0]?.outcome, gated.openTasks(id).length]).toEqual([1, null, 1]);
  await gated.setRules(rules);
  await gated.account.ask("gate", id, {}, 1);
  await gated.standsIn(id, 0);
  await gated.quiet();
  expect([gated.tasks(id).length, gated.openTasks(id).length]).toEqual([1, 1]);
});
