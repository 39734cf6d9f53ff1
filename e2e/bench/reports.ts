import type { ChildProcess } from "node:child_process";
import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { EXPORTS } from "@dealscope/shared/reports";
import { pssOf, Stage, type Stores } from "../stage/stage.ts";

const DEALS = 100_000;
const STAGES = 5;
const ROUNDS = 5;

const REPORTS = ["funnel", "stage-times", "decision-makers", "gates", "stalled", "forecast", "first-touch"];
const BEHIND = [
  "deals?report=stage_times&part=legal_review",
  "deals?report=stalled&part=no_decision_maker&page=1000",
  "deals?report=gates&part=role.lawyer",
];

export interface ReportFigures {
  deals: number;
  stays: number;
  /** The slowest of several, by report; the list of deals behind a figure is one of them. */
  worstMs: Record<string, number>;
  /** The same for a rep who sees his group's deals only. */
  repsWorstMs: Record<string, number>;
  export: {
    seconds: number;
    mb: number;
    rows: number;
    tenthGrewMiB: number;
    grewMiB: number;
    /** Of what belongs to the deals: their stays, people, holds and so on. */
    othersSeconds: Record<string, number>;
  };
}

/** Every report of an account with 100 000 deals of three years, and its export. */
export async function measureReports(stores: Stores): Promise<ReportFigures> {
  const stage = await Stage.open(stores);
  try {
    const [account] = await stage.install();
    const accountId = account!.accountId;
    await fill(stage, accountId);
    const origin = stage.servers[0]!.url;
    const { users } = await stage.control<{ users: { id: number; is_admin: boolean }[] }>("accounts/show", {
      account: accountId,
    });
    const [admin, rep] = [users.find((user) => user.is_admin), users.find((user) => !user.is_admin)];
    const [own, group] = [await session(stage, accountId, admin!.id), await session(stage, accountId, rep!.id)];
    await narrow(stage, accountId);
    const worstMs = await slowest(origin, own);
    const repsWorstMs = await slowest(origin, group);
    const [{ stays }] = (await stage.sql<{ stays: number }>("SELECT count(*)::int AS stays FROM stage_stay")) as [
      { stays: number },
    ];
    const taken = await exportAll(origin, own, stage.servers[0]!.child);
    return { deals: DEALS, stays, worstMs, repsWorstMs, export: taken };
  } finally {
    await stage.close();
  }
}

async function slowest(origin: string, token: string): Promise<Record<string, number>> {
  const worst: Record<string, number> = {};
  for (const path of [...REPORTS, ...BEHIND]) {
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      const answer = await fetch(`${origin}/api/reports/${path}`, { headers: { authorization: `Bearer ${token}` } });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${text}`);
      worst[path] = Math.max(worst[path] ?? 0, Math.round(performance.now() - started));
      await sleep(100);
    }
  }
  return worst;
}

async function exportAll(origin: string, token: string, server: ChildProcess): Promise<ReportFigures["export"]> {
  const idle = pssOf(server);
  let peak = idle;
  const watch = setInterval(() => {
    peak = Math.max(peak, pssOf(server));
  }, 100);
  // A tenth first: what a stream holds is the same for both, and what it piles up would be ten times as much.
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  await exported(`${origin}/api/reports/export?from=${day(1_100)}&to=${day(1_090 - DEALS / 10 / 96)}`, token);
  const afterATenth = peak;
  const started = performance.now();
  const { bytes, rows } = await exported(`${origin}/api/reports/export`, token);
  clearInterval(watch);
  const seconds = secondsSince(started);
  const othersSeconds: Record<string, number> = {};
  for (const table of EXPORTS.filter((one) => one !== "deals")) {
    const begun = performance.now();
    await exported(`${origin}/api/reports/export?table=${table}`, token);
    othersSeconds[table] = secondsSince(begun);
  }
  return {
    seconds,
    othersSeconds,
    mb: Number((bytes / 1e6).toFixed(1)),
    rows,
    tenthGrewMiB: afterATenth - idle,
    grewMiB: peak - idle,
  };
}

const secondsSince = (started: number) => Number(((performance.now() - started) / 1000).toFixed(1));

/** Reads and counts, and keeps nothing. */
function exported(url: string, token: string): Promise<{ bytes: number; rows: number }> {
  let [bytes, rows] = [0, 0];
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        for (const byte of chunk) if (byte === 10) rows++;
      });
      answer.once("end", () => resolve({ bytes, rows })).once("error", reject);
    }).once("error", reject);
  });
}

async function session(stage: Stage, account: number, userId: number): Promise<string> {
  const { token } = await stage.control<{ token: string }>("oauth/one-time-token", { account, user_id: userId });
  const answer = await fetch(`${stage.servers[0]!.url}/api/session`, {
    method: "POST",
    headers: { "x-auth-token": token },
  });
  if (!answer.ok) throw new Error(`A session was answered with ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}

/** Three years of deals that go through the stages at different paces; a third is closed, half has a committee. */
async function fill(stage: Stage, account: number) {
  const pipeline = 1;
  const stages = Array.from({ length: STAGES }, (_, place) => 1_000 + place);
  const buying = ["decision_maker_qualification", "technical_validation", "budget_approval", "legal_review", "signing"];
  const rules = stages.map((statusId, place) => ({ statusId, buyingStage: buying[place] }));
  await stage.sql(
    "UPDATE account SET settings = $2, connected_at = now() - interval '1100 days' WHERE account_id = $1",
    [account, JSON.stringify({ gates: { pipelines: [{ pipelineId: pipeline, stages: rules }] } })],
  );
  await stage.sql(
    `INSERT INTO lead (account_id, lead_id, name, price, pipeline_id, status_id, responsible_user_id, group_id, segment, score,
                       kommo_created_at, kommo_updated_at, closed_at, first_touch_at)
     SELECT $1::bigint, n, 'Deal ' || n, (n * 37) % 90000, $2::bigint,
            CASE WHEN n % 3 > 0 THEN 1000 + n % ${STAGES} WHEN n % 2 = 0 THEN 142 ELSE 143 END, 500 + n % 40, n % 5,
            (ARRAY['hot', 'warm', 'cold', 'spam'])[1 + n % 4], n % 101, made, made,
            CASE WHEN n % 3 = 0 THEN made + (10 + n % 60) * interval '1 day' END,
            CASE WHEN n % 7 > 0 THEN made + (n % 3000) * interval '1 minute' END
       FROM generate_series(1, ${DEALS}) n
      CROSS JOIN LATERAL (SELECT now() - interval '1090 days' + n * interval '15 minutes' AS made) m`,
    [account, pipeline],
  );
  // As many moves as there are stages on the way, and the last one for those that are closed.
  await stage.sql(
    `INSERT INTO stage_change (account_id, lead_id, ordinal, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at, state)
     SELECT l.account_id, l.lead_id, s.step, l.pipeline_id, 1000 + s.step - 1, l.pipeline_id,
            CASE WHEN s.step = steps.last AND l.closed_at IS NOT NULL THEN l.status_id ELSE 1000 + s.step END,
            CASE WHEN s.step = steps.last AND l.closed_at IS NOT NULL THEN l.closed_at
                 ELSE l.kommo_created_at + s.step * (1 + l.lead_id % 9) * interval '1 day' END, 'confirmed'
       FROM lead l
      CROSS JOIN LATERAL (SELECT CASE WHEN l.closed_at IS NULL THEN l.lead_id % ${STAGES} ELSE 4 END AS last) steps
      CROSS JOIN LATERAL generate_series(1, steps.last::int) AS s (step)
      WHERE l.account_id = $1`,
    [account],
  );
  await stage.sql(
    `INSERT INTO lead_contact (account_id, lead_id, contact_id, is_main)
     SELECT account_id, lead_id, 10 * lead_id + c, c = 1 FROM lead, generate_series(1, 3) c
      WHERE account_id = $1 AND c <= 1 + lead_id % 3`,
    [account],
  );
  await stage.sql(
    `INSERT INTO stakeholder (account_id, lead_id, contact_id, role, changed_by)
     SELECT account_id, lead_id, contact_id, (ARRAY['decision_maker', 'user', 'lawyer', 'influencer'])[1 + (contact_id % 7) % 4], 'Rep'
       FROM lead_contact WHERE account_id = $1 AND lead_id % 2 = 0`,
    [account],
  );
  await stage.sql(
    `INSERT INTO stakeholder_change (account_id, lead_id, contact_id, kind, after, by_name, at)
     SELECT s.account_id, s.lead_id, s.contact_id, 'role', s.role, 'Rep', l.kommo_created_at + (s.contact_id % 20) * interval '1 day'
       FROM stakeholder s JOIN lead l USING (account_id, lead_id) WHERE s.account_id = $1`,
    [account],
  );
  await stage.sql(
    `WITH holds AS (
       INSERT INTO hold (account_id, lead_id, from_pipeline_id, from_status_id, wanted_pipeline_id, wanted_status_id, missing,
                         since, outcome, ended_at)
       SELECT account_id, lead_id, pipeline_id, 1002, pipeline_id, 1003, '[]', kommo_created_at,
              CASE WHEN lead_id % 8 > 0 THEN 'approved' END,
              CASE WHEN lead_id % 8 > 0 THEN kommo_created_at + (lead_id % 400) * interval '1 hour' END
         FROM lead WHERE account_id = $1 AND lead_id % 4 = 0 RETURNING account_id, id, lead_id, since, ended_at)
     INSERT INTO hold_reason (account_id, hold_id, kind, what, since, ended_at)
     SELECT account_id, id, kind, what, since, ended_at
       FROM holds CROSS JOIN (VALUES ('approval', 'lawyer'), ('role', 'decision_maker')) r (kind, what)`,
    [account],
  );
  await stage.sql("VACUUM ANALYZE");
}

/** A rep of a group who may see one stage in full: the widest question that rights can ask. Mirrored from Kommo every few minutes. */
async function narrow(stage: Stage, account: number) {
  await stage.sql(
    `UPDATE kommo_user SET group_id = 3, rights = '{"leads": {"view": "G", "edit": "G"},
       "status_rights": [{"entity_type": "leads", "pipeline_id": 1, "status_id": 1002, "rights": {"view": "A", "edit": "A"}}]}'
      WHERE account_id = $1 AND NOT is_admin`,
    [account],
  );
  // The server remembers settings and rights for five seconds.
  await sleep(5_500);
}
