import { StageTimesReport } from "@dealscope/shared/reports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Installations } from "../src/installation/installations.ts";
import { TestAccount } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world?.stop());

const DAY = 86_400;

/** An account that has been at work for a while when Dealscope is installed. */
class Elder {
  private behind = 0;
  readonly id: number;
  readonly adminId: number;
  readonly pipelineId: number;
  readonly statusIds: number[];

  constructor(daysAgo: number) {
    this.pass(-daysAgo);
    const created = world.kommo.control.accounts.create({});
    const [pipeline] = created.pipelines;
    this.id = created.id;
    this.adminId = created.users.find((user) => user.is_admin)!.id;
    this.pipelineId = pipeline!.id;
    this.statusIds = pipeline!.statuses.filter((s) => s.type !== 1 && s.id !== 142 && s.id !== 143).map((s) => s.id);
  }

  pass(days: number) {
    this.behind += days;
    world.kommo.control.clock.advance({ seconds: days * DAY });
  }

  create(stage = 0, price = 10): number {
    const status_id = this.statusIds[stage];
    return world.kommo.control.leads.create({ account: this.id, price, ...(status_id ? { status_id } : {}) }).id;
  }

  move(id: number, stage: number) {
    world.kommo.control.leads.move({ account: this.id, id, status_id: this.statusIds[stage]! });
  }

  /** Today, an administrator connects Dealscope. */
  async connect() {
    this.pass(-this.behind);
    await world.kommo.control.oauth.grant({ account: this.id, user_id: this.adminId, from_widget: true });
  }

  account(): TestAccount {
    const { id: accountId, adminId, pipelineId, statusIds } = this;
    return new TestAccount(world, { accountId, adminId, pipelineId, statusIds });
  }

  async past(): Promise<{ reading: string } | undefined> {
    const [row] = await world.database.look<{ reading: string }>("SELECT reading FROM past WHERE account_id = $1", [
      this.id,
    ]);
    return row;
  }

  async isRead() {
    await until("the past is read", async () => (await this.past())?.reading === "nothing");
  }

  moves() {
    return world.database.look<{ lead_id: number; to_status_id: number; ordinal: number; event_id: string | null }>(
      "SELECT lead_id, to_status_id, ordinal, event_id FROM stage_change WHERE account_id = $1 ORDER BY lead_id, at, ordinal",
      [this.id],
    );
  }
}

test("an account's leads and their moves from before it was connected are read, so that its first report knows them", async () => {
  const elder = new Elder(100);
  const first = elder.create(0);
  elder.pass(10);
  elder.move(first, 1);
  const second = elder.create(2);
  const deleted = elder.create(0);
  elder.move(deleted, 1);
  elder.pass(50);
  elder.move(first, 2);
  world.kommo.control.leads.remove({ account: elder.id, id: deleted });
  await elder.connect();
  await elder.isRead();
  expect((await elder.moves()).map((move) => [move.lead_id, elder.statusIds.indexOf(move.to_status_id)])).toEqual([
    [first, 1],
    [first, 2],
  ]);
  const admin = await Browser.open(world, elder.id, elder.adminId);
  const { stages, pastIsRead } = await admin.get(StageTimesReport, "/api/reports/stage-times");
  expect(pastIsRead).toBe(true);
  expect(
    stages.map((stage) => [
      elder.statusIds.indexOf(stage.statusId),
      stage.stays,
      stage.open,
      Math.round(stage.averageHours / 24),
    ]),
  ).toEqual([
    [0, 1, 0, 10],
    [1, 1, 0, 50],
    // Of 40 and 90 days: the second deal was made straight in this stage.
    [2, 2, 2, 65],
  ]);
  expect(second).toBeGreaterThan(first);
  await world.database.look("UPDATE past SET reading = 'moves' WHERE account_id = $1", [elder.id]);
  expect((await admin.get(StageTimesReport, "/api/reports/stage-times")).pastIsRead).toBe(false);
  // Nobody wants a verdict on what was there before.
  expect(await world.database.look("SELECT FROM verdict WHERE account_id = $1", [elder.id])).toEqual([]);
});

test("the past goes on where it was interrupted, and nothing of it is kept twice", async () => {
  const elder = new Elder(40);
  const leads = Array.from({ length: 130 }, () => elder.create(0));
  elder.pass(5);
  for (const id of leads) elder.move(id, 1);
  const effect = { kind: "answer", status: 502 } as const;
  for (const path of ["/api/v4/leads", "/api/v4/events"]) {
    world.kommo.control.faults.add({ match: { path, account: elder.id }, times: 2, effect });
  }
  await elder.connect();
  await elder.isRead();
  // As if a worker had died before it could note how far it was.
  await world.database.look(
    "UPDATE past SET reading = 'leads', cursor_at = to_timestamp(0), page = 1 WHERE account_id = $1",
    [elder.id],
  );
  await elder.account().ask("past", elder.id);
  await elder.isRead();
  const moves = await elder.moves();
  expect(moves).toHaveLength(130);
  expect(new Set(moves.map((move) => move.event_id)).size).toBe(130);
});

test("a move that was heard keeps its place, and what Kommo tells of the time before goes below it", async () => {
  const elder = new Elder(30);
  const lead = elder.create(0);
  elder.pass(3);
  elder.move(lead, 1);
  await elder.connect();
  await elder.isRead();
  elder.move(lead, 2);
  await until("the move is heard", async () => (await elder.moves()).length === 2);
  expect((await elder.moves()).map((move) => move.ordinal)).toEqual([0, 1]);

  // Left and come back: what happened meanwhile is read, what is known stays as it is.
  await world.server.app.get(Installations).leave(elder.id, "a test");
  expect(await elder.past()).toBeUndefined();
  await world.kommo.control.oauth.grant({ account: elder.id, user_id: elder.adminId, from_widget: true });
  await elder.isRead();
  expect((await elder.moves()).map((move) => move.ordinal)).toEqual([0, 1]);
});

test("an account is asked for its past once, however often it is provisioned", async () => {
  const elder = new Elder(3);
  elder.create(0);
  await elder.connect();
  await elder.isRead();
  const account = elder.account();
  const past = () => world.database.look("SELECT * FROM past WHERE account_id = $1", [elder.id]);
  const read = await past();
  const provisioned = () =>
    world.database.look("SELECT provisioned->>'completedAt' AS at FROM account WHERE account_id = $1", [elder.id]);
  const before = await provisioned();
  await account.ask("provision", elder.id);
  await until("it is provisioned again", async () => JSON.stringify(await provisioned()) !== JSON.stringify(before));
  await account.quiet("past");
  expect(
    await world.database.look("SELECT FROM work WHERE account_id = $1 AND kind = 'past' AND state = 'open'", [
      elder.id,
    ]),
  ).toEqual([]);
  expect(await past()).toEqual(read);
});

test("the time zone of the account's settings in Kommo is kept", async () => {
  const { accountId } = await world.install({ timezone: "America/Sao_Paulo" });
  expect(await world.database.look("SELECT timezone FROM account WHERE account_id = $1", [accountId])).toEqual([
    { timezone: "America/Sao_Paulo" },
  ]);
});
