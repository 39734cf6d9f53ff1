import { Card } from "@dealscope/shared/card";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Holds } from "../src/committee/gates/holds.service.ts";
import { Gated, LAWYER } from "./gates.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startApiWorld();
});
beforeEach(() => world.kommo.control.faults.clear());
afterAll(() => world?.stop());

const OLGA = { userId: 1, name: "Olga", isAdmin: true };

/** Of a deal whose every move Kommo refuses, by its stage or altogether. */
const REFUSALS = [
  ["altogether", () => ({ status: 403 }), "You may not touch this deal"],
  [
    "because of its stage",
    (id: number) => {
      const errors = [{ code: "NotSupportedChoice", path: "status_id", detail: "This stage is closed to you." }];
      return { status: 400, "validation-errors": [{ request_id: String(id), errors }] };
    },
    "This stage is closed to you.",
  ],
] as const;

/** From here on nothing but the gates writes anything. */
async function leaveAlone(gated: Gated) {
  await gated.account.quiet();
  const triggers = { onCreation: false, onContentChange: false, onFirstMessage: false };
  await gated.setRules({ stages: [gated.rule(1, { requiredApprovals: [LAWYER] })] }, { triggers });
}

async function held() {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  return { gated, id };
}

async function cardOf({ account }: Gated, id: number) {
  const admin = await Browser.open(world, account.id, account.installed.adminId);
  return (await admin.get(Card, `/api/leads/${id}/card`)).committee.hold;
}

test.each(REFUSALS)(
  "a move on that Kommo refuses %s is not forgotten: card and task say so, and it is made later",
  async (_, problem, said) => {
    const { gated, id } = await held();
    gated.refuseMoves(problem(id));
    await gated.approve(id);
    expect(await gated.refused(id)).toContain(said);
    expect(await gated.holds(id)).toMatchObject([{ outcome: null, missing: [] }]);
    expect((await cardOf(gated, id))?.refusal).toContain(said);
    await until("the task says so", () => gated.openTasks(id)[0]?.text.includes(said) ?? false);
    expect(gated.openTasks(id)[0]!.text).toContain("Kommo refused the move");

    world.kommo.control.faults.clear();
    // Not yet: what was refused just now would be refused again.
    await gated.approve(id);
    await until("it was looked at", async () => (await waitingLook(gated, id)) > 5);
    expect(gated.placeOf(id)).toBe(0);
    await gated.pauseIsOver();
    await gated.standsIn(id, 1);
    await gated.quiet();
    expect(await gated.holds(id)).toMatchObject([{ outcome: "approved" }]);
    expect([gated.tasks(id).length, gated.openTasks(id).length]).toEqual([1, 0]);
  },
);

/** Seconds until the deal is looked at again; -1 when it is not. */
async function waitingLook({ account }: Gated, id: number): Promise<number> {
  const [work] = await account.look<{ seconds: number }>(
    `SELECT extract(epoch FROM due_at - app_now())::float8 AS seconds FROM work
      WHERE account_id = $1 AND kind = 'gate' AND subject = $2`,
    [account.id, id],
  );
  return work?.seconds ?? -1;
}

test("the longer Kommo refuses, the longer it is left in peace", async () => {
  const { gated, id } = await held();
  gated.refuseMoves();
  await gated.approve(id);
  await gated.refused(id);
  await until("it waits", async () => (await waitingLook(gated, id)) > 20);
  await gated.account.look(
    "UPDATE write SET ended_at = ended_at - interval '40 seconds' WHERE account_id = $1 AND state = 'dead'",
    [gated.account.id],
  );
  await gated.account.hurry("work");
  await until("it waits longer", async () => {
    await gated.account.hurry("write");
    return (await waitingLook(gated, id)) > 40;
  });
});

test("an approval that is taken back meanwhile holds the deal again", async () => {
  const { gated, id } = await held();
  gated.refuseMoves();
  await gated.approve(id);
  await gated.refused(id);
  await gated.approve(id, "rejected");
  await until("it is held again", async () => (await gated.holds(id))[0]?.missing.length === 1);
  world.kommo.control.faults.clear();
  await gated.pauseIsOver();
  await gated.quiet();
  expect([gated.placeOf(id), (await gated.holds(id))[0]?.refusal]).toEqual([0, null]);
});

test("a deal that was let pass stays let pass, although Kommo refuses the move at first", async () => {
  const { gated, id } = await held();
  gated.refuseMoves();
  await world.server.app.get(Holds).overrule(gated.account.id, id, OLGA);
  await gated.refused(id);
  expect(await gated.holds(id)).toMatchObject([{ outcome: null, missing: [] }]);
  expect(await cardOf(gated, id)).toMatchObject({ missing: [], overruledBy: "Olga" });
  world.kommo.control.faults.clear();
  await gated.pauseIsOver();
  await gated.standsIn(id, 1);
  await gated.quiet();
  expect(await gated.holds(id)).toMatchObject([{ outcome: "overruled", ended_by: "Olga" }]);
  expect(gated.openTasks(id)).toEqual([]);
});

test("a deal that is let pass where it was refused is at home there", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  gated.refuseMoves();
  gated.move(id, 1);
  await gated.held(id);
  await gated.refused(id);
  await world.server.app.get(Holds).overrule(gated.account.id, id, OLGA);
  await until("the hold is over", async () => (await gated.holds(id))[0]?.outcome === "overruled");
  const [place] = await gated.account.look<{ status_id: string; moving_status_id: string | null }>(
    "SELECT status_id, moving_status_id FROM gate_place WHERE account_id = $1 AND lead_id = $2",
    [gated.account.id, id],
  );
  expect([Number(place?.status_id), place?.moving_status_id]).toEqual([gated.stage(1), null]);
  expect(gated.placeOf(id)).toBe(1);
});

test.each(REFUSALS)(
  "a move back that Kommo refuses %s is told of in card and task, and noted only once it is made",
  async (_, problem, said) => {
    const gated = await Gated.open(world);
    const { id } = await gated.deal();
    gated.refuseMoves(problem(id));
    gated.move(id, 1);
    await gated.held(id);
    expect(await gated.refused(id)).toContain(said);
    await until("the task says so", () => gated.openTasks(id)[0]?.text.includes(said) ?? false);
    expect((await cardOf(gated, id))?.refusal).toContain(said);
    expect([gated.placeOf(id), gated.notes(id)]).toEqual([1, []]);

    world.kommo.control.faults.clear();
    await gated.pauseIsOver();
    await gated.standsIn(id, 0);
    await until("the note is there", () => gated.notes(id).length === 1);
    await gated.quiet();
    const [task, ...others] = gated.tasks(id);
    expect(others).toEqual([]);
    expect(task!.text).not.toContain("Kommo refused");
    expect(task!.text).toContain("the approval of Lena Recht");
    expect((await cardOf(gated, id))?.refusal).toBeNull();
  },
);

test("who moves a deal back himself is not told that we have done it", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  await leaveAlone(gated);
  gated.refuseMoves();
  gated.move(id, 1);
  await gated.held(id);
  await until("Kommo has refused it once", async () => (await movesOf(gated, id))[0]?.attempts === 1);
  gated.move(id, 0);
  await gated.account.hurry("write");
  await gated.quiet();
  expect(await movesOf(gated, id)).toMatchObject([{ state: "sent", outcome: "equal" }]);
  expect([gated.placeOf(id), gated.notes(id), (await gated.holds(id)).length]).toEqual([0, [], 1]);
});

const movesOf = ({ account }: Gated, id: number) =>
  account.look<{ state: string; outcome: string | null; attempts: number }>(
    "SELECT state, outcome, attempts FROM write WHERE account_id = $1 AND lead_id = $2 AND body ? 'stage' ORDER BY seq",
    [account.id, id],
  );

test("a stage that Kommo leaves out of a larger change was refused, too", async () => {
  const { gated, id } = await held();
  await leaveAlone(gated);
  const { account } = gated;
  await account.look(
    `WITH l AS (UPDATE lead SET write_seq = write_seq + 1 WHERE account_id = $1 AND lead_id = $2 RETURNING write_seq)
     INSERT INTO write (account_id, lead_id, seq, target, origin, body, due_at)
     SELECT $1, $2, write_seq, 'lead', 'qualification', '{"tagsAdd": ["seen"]}', app_now() + interval '1 hour' FROM l`,
    [account.id, id],
  );
  const errors = [{ code: "NotSupportedChoice", path: "status_id", detail: "This stage is closed to you." }];
  gated.refuseMoves({ status: 400, times: 1, "validation-errors": [{ request_id: String(id), errors }] });
  await gated.approve(id);
  // Hurried before there is a move, the tag would leave alone and be refused instead of it.
  await until("the move on is to be written", async () => (await movesOf(gated, id)).length === 2);
  expect(await gated.refused(id)).toContain("does not take this stage");
  expect(account.lead(id).tags).toContain("seen");
  expect(await gated.holds(id)).toMatchObject([{ outcome: null }]);
  await gated.pauseIsOver();
  await gated.standsIn(id, 1);
});

test("a deal that is taken elsewhere while Kommo refuses to move it is no longer wanted", async () => {
  const { gated, id } = await held();
  gated.refuseMoves();
  await gated.approve(id);
  await gated.refused(id);
  gated.move(id, 2);
  await until("the hold is over", async () => (await gated.holds(id))[0]?.outcome === "given_up");
  world.kommo.control.faults.clear();
  await gated.pauseIsOver();
  await gated.quiet();
  expect([gated.placeOf(id), gated.openTasks(id)]).toEqual([2, []]);
});
