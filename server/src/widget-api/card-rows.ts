import type { Criterion, Unseen, Verdict } from "@dealscope/shared/qualification";
import { COMMITTEE_COLUMN, type CommitteeRow } from "../committee/people/committee-rows.ts";
import type { Tx } from "../database/tenancy.ts";
import { QUALIFY } from "../qualification/qualify.work.ts";
import type { LeadChange, TaskToAdd } from "../write-back/write-row.ts";
import type { LeadPlaceRow } from "./lead-access.ts";
import { PENDING_COLUMNS, type PendingRow } from "./pending.ts";
import type { QuotedText } from "./quote-places.ts";

export const MOST_HISTORY = 50;
const MOST_WRITES = 10;

// Times inside of JSON are texts.
interface VerdictHistoryRow {
  id: number;
  status: Verdict["status"];
  reason: Verdict["reason"];
  segment: string | null;
  score: number | null;
  model: string | null;
  rule: Verdict["rule"];
  prompt_number: number;
  asked_by: string;
  decided_at: string;
  levels: Record<string, number | null> | null;
}

export interface OverrideRow {
  id: number;
  kind: "set" | "clear";
  segment: string | null;
  score: number | null;
  reason: string;
  by_name: string;
  at: string;
  expires_at: string | null;
  is_over: boolean | null;
}

interface WriteEntryRow {
  id: number;
  origin: "gate" | "rep" | "qualification" | "engagement";
  target: "lead" | "note" | "task" | "task_done";
  body: LeadChange;
  state: "due" | "sent" | "superseded" | "dead";
  outcome: string | null;
  attempts: number;
  waits: number;
  last_error: string | null;
  made_at: string;
  ended_at: string | null;
}

/** The task that was made of the newest verdict's next action, or of an earlier one that said the same and is not due yet. */
export interface TaskRow {
  body: TaskToAdd;
  responsible: string | null;
  state: WriteEntryRow["state"];
  outcome: string | null;
  made_at: string;
}

/** Everything the database knows for a card, in one row. */
export interface CardRow extends LeadPlaceRow {
  name: string;
  /** What stands in the deal, and the verdict it came from if no person has spoken. */
  segment: string | null;
  score: number | null;
  verdict_id: number | null;
  now: Date;
  /** The newest verdict in full, with the criteria of its prompt version for their names. */
  verdict: { id: number; detail: Verdict & Partial<Unseen>; asked_by: string; decided_at: string } | null;
  criteria: Criterion[] | null;
  quoted: QuotedText[];
  task: TaskRow | null;
  verdicts: VerdictHistoryRow[];
  overrides: OverrideRow[];
  work: PendingRow | null;
  writes: WriteEntryRow[];
  spent_micros: number;
  committee: CommitteeRow;
}

/** Ids of the texts of one kind that the newest verdict quotes. */
const QUOTED = `
  SELECT c->'source'->>'ref' FROM jsonb_array_elements(newest.detail->'criteria') c WHERE c->'source'->>'kind' = '?'`;

/** One statement, because forty cards a day and rep are opened and each is waited for. */
export async function readCard(tx: Tx, leadId: number): Promise<CardRow | undefined> {
  const [row] = await tx.query(
    `SELECT l.name, l.pipeline_id, l.status_id, l.responsible_user_id, l.group_id, l.gone, l.segment, l.score,
       l.verdict_id, l.kommo_created_at, l.closed_at,
       app_now() AS now, to_jsonb(newest) AS verdict,
       (SELECT content->'criteria' FROM prompt_version WHERE number = (newest.detail->>'promptVersion')::int) AS criteria,
       (SELECT coalesce(jsonb_agg(q), '[]') FROM (
          SELECT 'message' AS kind, message_id AS ref, direction, author, origin, at, text FROM message
           WHERE message_id = ANY(ARRAY(${QUOTED.replace("?", "message")}))
          UNION ALL
          SELECT 'note', note_id::text, NULL, (SELECT name FROM kommo_user WHERE user_id = created_by), NULL, at, text FROM note
           WHERE note_id = ANY(ARRAY(${QUOTED.replace("?", "note")})::bigint[])) q) AS quoted,
       (SELECT to_jsonb(t) FROM (
          SELECT body, state, outcome, made_at,
                 (SELECT name FROM kommo_user WHERE user_id = (w.body->>'responsibleUserId')::bigint) AS responsible
            FROM write w
           WHERE lead_id = $1 AND target = 'task' AND origin = 'rep'
             AND (body->'asked'->>'verdictId' = newest.id::text
                  OR (body->>'text' = newest.detail->>'nextAction' AND state <> 'dead'
                      AND to_timestamp((body->>'completeTill')::float8) > app_now()))
           ORDER BY id DESC LIMIT 1) t) AS task,
       (SELECT coalesce(jsonb_agg(v ORDER BY v.id DESC), '[]') FROM (
          SELECT id, status, reason, segment, score, model, detail->'rule' AS rule, asked_by, decided_at,
                 (detail->>'promptVersion')::int AS prompt_number,
                 (SELECT jsonb_object_agg(c->>'key', c->'level') FROM jsonb_array_elements(detail->'criteria') c) AS levels
            FROM verdict WHERE lead_id = $1 ORDER BY id DESC LIMIT ${MOST_HISTORY}) v) AS verdicts,
       (SELECT coalesce(jsonb_agg(o ORDER BY o.id DESC), '[]') FROM (
          SELECT id, kind, segment, score, reason, by_name, at, expires_at, expires_at <= app_now() AS is_over
            FROM override WHERE lead_id = $1 ORDER BY id DESC LIMIT ${MOST_HISTORY}) o) AS overrides,
       (SELECT to_jsonb(w) FROM (
          SELECT ${PENDING_COLUMNS} FROM work WHERE kind = $2 AND subject = $1) w) AS work,
       (SELECT coalesce(jsonb_agg(w ORDER BY w.seq DESC), '[]') FROM (
          SELECT id, seq, origin, target, body, state, outcome, attempts, waits, last_error, made_at, ended_at
            FROM write WHERE lead_id = $1 AND target IN ('lead', 'note', 'task', 'task_done') ORDER BY seq DESC LIMIT ${MOST_WRITES}) w) AS writes,
       (SELECT coalesce(sum(cost_micros), 0)::bigint FROM spend
         WHERE month = date_trunc('month', app_now() AT TIME ZONE 'UTC')) AS spent_micros,
       ${COMMITTEE_COLUMN}
     FROM lead l
     LEFT JOIN LATERAL (SELECT id, detail, asked_by, decided_at FROM verdict
                         WHERE lead_id = l.lead_id ORDER BY id DESC LIMIT 1) newest ON true
    WHERE l.lead_id = $1`,
    [leadId, QUALIFY],
  );
  return row;
}
