import { Queue } from "@dealscope/shared/queue";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { Listeners } from "../src/webhooks/listeners.ts";
import { type LeadPlace, type Level, mayOn, type Rep } from "../src/widget-api/rights.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { type Installed, until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world?.stop());

interface Row extends Partial<LeadPlace> {
  id: number;
  segment?: string | null;
  score?: number | null;
  /** Minutes ago. */
  waiting?: number;
  closed?: boolean;
  gone?: boolean;
  status?: "qualified" | "not_enough" | "needs_manual";
}

async function insert(account: Installed, row: Row) {
  const [verdict] = row.status
    ? await world.database.look<{ id: number }>(
        `INSERT INTO verdict (account_id, lead_id, status, next_action, input_hash, asked_by)
         VALUES ($1, $2, $3, 'Do something', 'hash', 'events') RETURNING id`,
        [account.accountId, row.id, row.status],
      )
    : [];
  await world.database.look(
    `INSERT INTO lead (account_id, lead_id, name, pipeline_id, status_id, responsible_user_id, group_id, segment, score,
                       kommo_created_at, closed_at, gone, verdict_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() - $10 * interval '1 minute', CASE WHEN $11 THEN now() END, $12, $13)`,
    [
      ...[account.accountId, row.id, `Lead ${row.id}`, row.pipelineId ?? account.pipelineId],
      ...[row.statusId ?? account.statusIds[0], row.responsibleUserId ?? null, row.groupId ?? null],
      ...[row.segment ?? null, row.score ?? null, row.waiting ?? 0, row.closed ?? false],
      ...[row.gone ? "deleted" : null, verdict?.id ?? null],
    ],
  );
}

const ids = (leads: { id: number }[]) => leads.map(({ id }) => id);

test("leads stand by segment, score and waiting time; those the model could not judge stand apart", async () => {
  const account = await world.install();
  const mine = { responsibleUserId: account.adminId };
  await insert(account, { id: 1, segment: "spam", score: 0, ...mine });
  await insert(account, { id: 2, segment: "cold", score: 30, ...mine });
  await insert(account, { id: 3, segment: "hot", score: 72, ...mine, waiting: 1 });
  await insert(account, { id: 4, segment: "hot", score: 72, ...mine, waiting: 60 });
  await insert(account, { id: 5, segment: "hot", score: 90, responsibleUserId: 1 });
  await insert(account, { id: 6, segment: "warm", score: 69, ...mine });
  await insert(account, { id: 7, segment: "hot", score: 99, ...mine, closed: true });
  await insert(account, { id: 8, segment: "hot", score: 99, ...mine, gone: true });
  await insert(account, { id: 9, status: "needs_manual", ...mine, waiting: 5 });
  await insert(account, { id: 10, status: "needs_manual", responsibleUserId: 1, waiting: 9 });
  await insert(account, { id: 11, status: "not_enough", ...mine });
  await insert(account, { id: 12, ...mine });
  const admin = await Browser.open(world, account.accountId, account.adminId);
  const own = await admin.get(Queue, "/api/queue");
  expect(ids(own.leads)).toEqual([4, 3, 6, 2, 1]);
  expect(own.leads[0]).toMatchObject({ segment: { key: "hot", name: "Hot" }, score: 72, name: "Lead 4" });
  expect([ids(own.needsManual), ids(own.notEnough), own.hasMore]).toEqual([[9], [11], false]);
  expect(own.needsManual[0]).toMatchObject({ segment: null, nextAction: "Do something" });
  const all = await admin.get(Queue, "/api/queue?whose=all");
  expect(ids(all.leads)).toEqual([5, 4, 3, 6, 2, 1]);
  expect(ids(all.needsManual)).toEqual([10, 9]);
  expect(await admin.refusal("/api/queue?whose=theirs&page=0")).toEqual([400, "invalid_input"]);
});

test("the pages of the queue make up the whole of it, each lead once", async () => {
  const account = await world.install();
  const segments = ["hot", "warm", "cold"];
  for (let id = 1; id <= 60; id++) {
    await insert(account, { id, segment: segments[id % 3]!, score: id, responsibleUserId: account.adminId });
  }
  const admin = await Browser.open(world, account.accountId, account.adminId);
  const pages = [];
  for (const page of [1, 2, 3, 4]) pages.push(await admin.get(Queue, `/api/queue?page=${page}`));
  expect(pages.map(({ leads, hasMore }) => [leads.length, hasMore])).toEqual([
    [25, true],
    [25, true],
    [10, false],
    [0, false],
  ]);
  const seen = pages.flatMap(({ leads }) => leads);
  expect(new Set(ids(seen)).size).toBe(60);
  const place = ({ segment, score }: (typeof seen)[number]) => segments.indexOf(segment!.key) * 1_000 - score!;
  expect(seen.map(place)).toEqual(seen.map(place).sort((a, b) => a - b));
});

test("a lead waits since its first message that is not answered, in whatever order they are heard", async () => {
  const account = await world.install();
  await insert(account, { id: 1, segment: "hot", score: 72, responsibleUserId: account.adminId, waiting: 90 });
  await insert(account, { id: 2, segment: "hot", score: 72, responsibleUserId: account.adminId, waiting: 10 });
  const admin = await Browser.open(world, account.accountId, account.adminId);
  const at = (minutesAgo: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - minutesAgo * 60_000);
  const hear = (type: "message.received" | "message.sent", ...minutesAgo: number[]) =>
    world.server.app.get(Tenancy).run(account.accountId, (tx) =>
      world.server.app.get(Listeners).tell(
        tx,
        account.accountId,
        minutesAgo.map((ago) => ({
          ...{ type, messageId: `${type} ${ago}`, leadId: 1, contactId: undefined, talkId: 1 },
          ...{ text: "Hello", author: "", origin: "", at: at(ago) },
        })),
      ),
    );
  const waiting = async () => (await admin.get(Queue, "/api/queue")).leads.find(({ id }) => id === 1)!.waitingSince;
  const minutes = async () => {
    const since = await waiting();
    return since === null ? null : Math.round((Date.now() - Date.parse(since)) / 60_000);
  };
  expect(await minutes()).toBe(90);
  await hear("message.received", 40);
  expect(await minutes()).toBe(40);
  await hear("message.received", 60);
  expect(await minutes()).toBe(60);
  await hear("message.sent", 30);
  expect(await waiting()).toBeNull();
  expect(ids((await admin.get(Queue, "/api/queue")).leads)).toEqual([2, 1]);
  await hear("message.received", 5, 20);
  expect(await minutes()).toBe(20);
});

test("a lead in a segment that only an older version had is still in the queue", async () => {
  const account = await world.install();
  await insert(account, { id: 1, segment: "lukewarm", score: 35, responsibleUserId: account.adminId });
  await insert(account, { id: 2, segment: "cold", score: 20, responsibleUserId: account.adminId });
  await world.database.look(
    `INSERT INTO prompt_version (account_id, number, state, content, created_by)
     SELECT account_id, 2, 'archived', jsonb_set(content, '{segments,1}', '{"key": "lukewarm", "name": "Lukewarm", "minScore": 30}'), 'x'
       FROM prompt_version WHERE account_id = $1`,
    [account.accountId],
  );
  const admin = await Browser.open(world, account.accountId, account.adminId);
  const { leads } = await admin.get(Queue, "/api/queue");
  expect(leads.map(({ segment }) => segment!.name)).toEqual(["Lukewarm", "Cold"]);
});

test("the queue shows each user exactly the leads that he may see", async () => {
  const account = await world.install();
  const [one, two] = account.statusIds as [number, number];
  const levels: Level[] = ["A", "G", "M", "D"];
  const full = { add: "A", delete: "A", export: "A" } as const;
  const stage = (view: Level) => ({
    ...{ entity_type: "leads" as const, pipeline_id: account.pipelineId, status_id: two },
    rights: { view, edit: view, delete: view },
  });
  // Every level for leads in general, with every level (or none) for one stage.
  const users = levels.flatMap((view) =>
    [null, ...levels].map((onStage) => {
      const rights = { leads: { view, edit: view, ...full }, status_rights: onStage ? [stage(onStage)] : null };
      const { id } = world.kommo.control.accounts.addUser({ account: account.accountId, group_id: 5, rights });
      const rep: Rep = {
        ...{ accountId: account.accountId, userId: id, name: "", groupId: 5, isAdmin: false },
        leads: { view, edit: view },
        stages: onStage ? [{ pipelineId: account.pipelineId, statusId: two, view: onStage, edit: onStage }] : [],
      };
      return rep;
    }),
  );
  const places: LeadPlace[] = [one, two].flatMap((statusId) =>
    [5, 6, null].flatMap((groupId) =>
      [...users.slice(0, 20).map(({ userId }) => userId), null].map((responsibleUserId) => ({
        ...{ pipelineId: account.pipelineId, statusId, groupId, responsibleUserId },
      })),
    ),
  );
  const leads = places.map((place, i) => ({ id: i + 1, place }));
  for (const { id, place } of leads) await insert(account, { id, segment: "hot", score: id % 100, ...place });

  for (const rep of users) {
    const browser = await Browser.open(world, rep.accountId, rep.userId);
    const seen: number[] = [];
    for (let page = 1, more = true; more; page++) {
      const { leads, hasMore } = await browser.get(Queue, `/api/queue?whose=all&page=${page}`);
      seen.push(...ids(leads));
      more = hasMore;
    }
    const allowed = leads.filter(({ place }) => mayOn(place, rep, "view")).map(({ id }) => id);
    expect(
      seen.sort((a, b) => a - b),
      JSON.stringify(rep),
    ).toEqual(allowed);
  }
});

test("an override moves a lead in the queue at once", async () => {
  const account = await world.install();
  const { id } = world.kommo.control.leads.create({ account: account.accountId, name: "Quiet", note: "Just looking." });
  await judged(account, id);
  const admin = await Browser.open(world, account.accountId, account.adminId);
  const body = { segment: "hot", score: null, reason: "I know them", expiresAt: null };
  await admin.ask(`/api/leads/${id}/override`, { method: "POST", body });
  const { leads } = await admin.get(Queue, "/api/queue?whose=all");
  expect(leads[0]).toMatchObject({ id, segment: { key: "hot" } });
});

/** Waits until the lead has its first verdict, so that none comes in between. */
async function judged(account: Installed, id: number) {
  await until("the lead is judged", async () => {
    const rows = await world.database.look("SELECT 1 FROM verdict WHERE account_id = $1 AND lead_id = $2", [
      account.accountId,
      id,
    ]);
    return rows.length > 0;
  });
}

test("leads without a score come last in their segment, and pages neither repeat nor leave out a lead", async () => {
  const account = await world.install();
  const mine = { responsibleUserId: account.adminId, segment: "hot" };
  await insert(account, { id: 1, score: null, ...mine });
  for (let id = 2; id <= 60; id++) await insert(account, { id, score: 80, ...mine });
  await world.database.look("UPDATE lead SET kommo_created_at = '2026-11-01' WHERE account_id = $1", [
    account.accountId,
  ]);
  const browser = await Browser.open(world, account.accountId, account.adminId);
  const pages = await Promise.all([1, 2, 3].map((page) => browser.get(Queue, `/api/queue?page=${page}`)));
  expect(pages.flatMap(({ leads }) => ids(leads))).toEqual([...Array.from({ length: 59 }, (_, n) => n + 2), 1]);
});
