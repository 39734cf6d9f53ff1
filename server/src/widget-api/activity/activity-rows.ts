import type { ActivityKind, Happening } from "@dealscope/shared/activity";
import type { Cursor } from "../../database/page-cursor.ts";
import type { Tx } from "../../database/tenancy.ts";
import type { LeadChange } from "../../write-back/write-row.ts";
import { type Rep, visibleTo } from "../rights.ts";

export interface HappeningRow {
  key: string;
  /** To the microsecond. */
  at: string;
  kind: ActivityKind;
  what: Happening["what"];
  lead_id: number | null;
  lead_name: string | null;
  by: string | null;
  text: string | null;
  segment: string | null;
  score: number | null;
  outcome: Happening["outcome"];
  reason: string | null;
  body: LeadChange | null;
  /** Of a move. */
  stages: { from: [number, number] | null; to: [number, number] } | null;
}

/** One table's things as happenings; what is not named is null. */
interface Source {
  /** A table or a join; the table whose columns are named is `x`. */
  from: string;
  where?: string;
  at: string;
  /** Unique in the source, begins with its name. */
  key: string;
  kind: ActivityKind;
  what: string;
  /** Missing: of no lead, so only for administrators. */
  lead?: string;
  columns: Partial<Record<"by" | "text" | "segment" | "score" | "outcome" | "reason" | "body" | "stages", string>>;
}

/** Longer texts are read in the lead itself. */
const SHOWN = 300;

/** What is written into contacts and lists only repeats there what the deal's committee shows. */
const OF_THE_DEAL = "x.target IN ('lead', 'note', 'task', 'task_done')";
const written = `CASE x.target WHEN 'lead' THEN 'fields' WHEN 'note' THEN 'added_note' ELSE x.target END`;
const write = {
  from: "write x",
  at: "x.ended_at",
  key: "'write-' || x.id",
  what: written,
  lead: "x.lead_id",
  columns: { by: "x.body->'asked'->>'by'", text: "coalesce(x.body->>'text', x.body->>'result')", body: "x.body" },
} as const;
const verdict = {
  from: "verdict x",
  at: "x.decided_at",
  key: "'verdict-' || x.id",
  what: "'verdict'",
  lead: "x.lead_id",
  columns: { by: "nullif(x.asked_by, 'events')", text: "x.summary", segment: "x.segment", score: "x.score" },
} as const;

const SOURCES: readonly Source[] = [
  {
    from: "lead x",
    where: "x.kommo_created_at IS NOT NULL",
    at: "x.kommo_created_at",
    key: "'lead-' || x.lead_id",
    kind: "received",
    what: "'lead'",
    lead: "x.lead_id",
    columns: {},
  },
  {
    from: "message x",
    at: "x.at",
    key: "'message-' || md5(x.message_id)",
    kind: "received",
    what: "CASE x.direction WHEN 'outgoing' THEN 'answer' ELSE 'message' END",
    lead: "x.lead_id",
    columns: { by: "x.author", text: `left(x.text, ${SHOWN})` },
  },
  {
    from: "note x",
    at: "x.at",
    key: "'note-' || x.note_id",
    kind: "received",
    what: "'note'",
    lead: "x.lead_id",
    columns: {
      by: "(SELECT name FROM kommo_user WHERE user_id = x.created_by)",
      text: `left(x.text, ${SHOWN})`,
    },
  },
  {
    from: "stage_change x",
    at: "x.at",
    key: "'stage-' || x.lead_id || '-' || x.ordinal",
    kind: "received",
    what: "'stage'",
    lead: "x.lead_id",
    columns: {
      stages: `jsonb_build_object('to', jsonb_build_array(x.to_pipeline_id, x.to_status_id), 'from',
                 CASE WHEN x.from_status_id IS NOT NULL THEN jsonb_build_array(x.from_pipeline_id, x.from_status_id) END)`,
    },
  },
  { ...verdict, where: "x.status <> 'needs_manual'", kind: "decided" },
  {
    ...verdict,
    where: "x.status = 'needs_manual'",
    kind: "failed",
    columns: { ...verdict.columns, text: "x.next_action", outcome: "'given_up'", reason: "x.summary" },
  },
  {
    from: "override x",
    at: "x.at",
    key: "'override-' || x.id",
    kind: "decided",
    what: "CASE x.kind WHEN 'set' THEN 'override' ELSE 'clear' END",
    lead: "x.lead_id",
    columns: { by: "x.by_name", text: "x.reason", segment: "x.segment", score: "x.score" },
  },
  { ...write, where: `x.state = 'sent' AND x.ended_at IS NOT NULL AND ${OF_THE_DEAL}`, kind: "written" },
  {
    ...write,
    where: `x.state IN ('superseded', 'dead') AND ${OF_THE_DEAL}`,
    kind: "failed",
    columns: {
      ...write.columns,
      outcome: "CASE x.state WHEN 'dead' THEN 'refused' ELSE x.state END",
      reason: "coalesce(x.outcome, x.last_error)",
    },
  },
  {
    from: "work x",
    where: "x.state = 'dead'",
    at: "x.due_at",
    key: "'work-' || x.id",
    kind: "failed",
    what: "'work'",
    lead: "CASE WHEN x.kind IN ('qualify', 'override-expiry') THEN x.subject END",
    columns: { text: "x.kind", outcome: "'given_up'", reason: "x.last_error" },
  },
  {
    from: "delivery x",
    where: "x.state IN ('dead', 'quarantined')",
    at: "x.received_at",
    key: "'delivery-' || x.id",
    kind: "failed",
    what: "'delivery'",
    columns: { outcome: "'unreadable'", reason: "coalesce(x.last_error, x.flag)" },
  },
];

interface Wish {
  leadId?: number | undefined;
  kind?: ActivityKind | undefined;
  before?: Cursor | undefined;
  limit: number;
}

/**
 * The newest happenings of an account or a lead. Each source gives its own newest by an index; together they are sorted
 * and cut.
 */
export async function readHappenings(tx: Tx, rep: Rep, wish: Wish): Promise<HappeningRow[]> {
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const sources = SOURCES.filter(
    (source) =>
      (!wish.kind || source.kind === wish.kind) && (source.lead || (rep.isAdmin && wish.leadId === undefined)),
  );
  const branches = sources.map((source) => `(${newestOf(source, rep, wish, place)})`);
  return tx.query(
    `SELECT n.*, l.name AS lead_name FROM (
       SELECT * FROM (${branches.join("\nUNION ALL\n")}) found
        ORDER BY at DESC, key COLLATE "C" DESC LIMIT ${wish.limit}) n
       LEFT JOIN lead l USING (lead_id)
      ORDER BY n.at DESC, n.key COLLATE "C" DESC`,
    values,
  );
}

function newestOf(source: Source, rep: Rep, wish: Wish, place: (value: unknown) => string): string {
  const { from, where = "true", at, key, kind, what, lead, columns } = source;
  const conditions = [where];
  if (wish.leadId !== undefined) conditions.push(`${lead} = ${place(wish.leadId)}::bigint`);
  if (wish.before) {
    const time = `${place(wish.before.at)}::timestamptz`;
    conditions.push(`${at} <= ${time} AND (${at} < ${time} OR (${key}) COLLATE "C" < ${place(wish.before.key)})`);
  }
  const isVisible = rep.isAdmin ? "" : `JOIN lead l ON l.lead_id = ${lead} AND ${visibleTo(rep, place)}`;
  const column = (name: keyof Source["columns"], type: string) => `(${columns[name] ?? "NULL"})::${type} AS "${name}"`;
  return `
    SELECT to_char(${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, ${key} AS key, '${kind}' AS kind,
           ${what} AS what, ${lead ?? "NULL"}::bigint AS lead_id, ${column("by", "text")}, ${column("text", "text")},
           ${column("segment", "text")}, ${column("score", "int")}, coalesce(${columns.outcome ?? "NULL"}, 'ok') AS outcome,
           ${column("reason", "text")}, ${column("body", "jsonb")}, ${column("stages", "jsonb")}
      FROM ${from} ${isVisible}
     WHERE ${conditions.join(" AND ")}
     ORDER BY ${at} DESC, (${key}) COLLATE "C" DESC LIMIT ${wish.limit}`;
}
