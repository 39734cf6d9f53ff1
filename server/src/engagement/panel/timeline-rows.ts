import type { MachineReason } from "@dealscope/shared/engagement-panel";
import type { Cursor } from "../../database/page-cursor.ts";
import type { Tx } from "../../database/tenancy.ts";

/** One line of a deal's timeline; what a source does not know is null. */
export interface TimelineRow {
  source: "mail" | "stage" | "verdict" | "call";
  /** Unique in the timeline. */
  key: string;
  at: Date;
  /** To the microsecond, as a cursor carries it. */
  exactly: string;
  metric: string | null;
  contact_id: number | null;
  person: string | null;
  channel: string | null;
  subject: string | null;
  campaign: string | null;
  machine: MachineReason | null;
  link: string | null;
  reason: string | null;
  from_pipeline_id: number | null;
  from_status_id: number | null;
  to_pipeline_id: number | null;
  to_status_id: number | null;
  segment: string | null;
  score: number | null;
  opens: number | null;
  hours: number | null;
}

/** Shown of what is stored; what was tried or drafted is nothing that anybody has noticed. */
const METRICS = [
  ...["sent", "delivered", "opened", "clicked", "converted", "unsubscribed", "subscribed"],
  ...["bounced", "spammed", "dropped", "undeliverable", "failed"],
];

const COLUMNS = {
  metric: "text",
  contact_id: "bigint",
  person: "text",
  channel: "text",
  subject: "text",
  campaign: "text",
  machine: "text",
  link: "text",
  reason: "text",
  from_pipeline_id: "bigint",
  from_status_id: "bigint",
  to_pipeline_id: "bigint",
  to_status_id: "bigint",
  segment: "text",
  score: "int",
  opens: "int",
  hours: "int",
} as const;

type Column = keyof typeof COLUMNS;

function columns(known: Partial<Record<Column, string>>): string {
  return (Object.keys(COLUMNS) as Column[])
    .map((name) => `${known[name] ?? `NULL::${COLUMNS[name]}`} AS ${name}`)
    .join(", ");
}

/** The newest of one source from the cursor on, found by its index. */
function newest(source: TimelineRow["source"], { key, at, from, known }: Branch): string {
  return `(SELECT '${source}' AS source, ${key} AS key, ${at} AS at, ${columns(known)} FROM ${from}
             AND ($2::timestamptz IS NULL OR ${at} <= $2) AND ($2 IS NULL OR (${at}, ${key}) < ($2, $3))
           ORDER BY ${at} DESC, 2 DESC LIMIT $4)`;
}

interface Branch {
  key: string;
  at: string;
  /** Ends with a condition. */
  from: string;
  known: Partial<Record<Column, string>>;
}

/** The same act may be told of the message and of the person: shown is what says more. */
const MAIL = (whose: string): Branch => ({
  key: "'m' || e.event_id",
  at: "e.at",
  from: `engagement_event e
         LEFT JOIN contact c ON c.contact_id = e.contact_id
         LEFT JOIN customerio_source s ON s.kind = e.source_kind AND s.source_id = e.source_id
         WHERE ${whose} AND e.metric = ANY($5)
           AND NOT (e.metric = 'unsubscribed' AND e.delivery_id IS NULL AND EXISTS (
             SELECT FROM engagement_event t
              WHERE t.person_id = e.person_id AND t.metric = 'unsubscribed' AND t.delivery_id IS NOT NULL
                AND t.at BETWEEN e.at - interval '1 minute' AND e.at + interval '1 minute'))`,
  known: {
    metric: "e.metric",
    contact_id: "e.contact_id",
    person: "c.name",
    channel: "e.channel",
    subject: "e.subject",
    campaign: "s.name",
    machine: "e.machine",
    link: "e.link",
    reason: "e.reason",
  },
});

const STAGES: Branch = {
  // Ordinals may be negative: moves from before anybody listened.
  key: "'s' || to_char(ordinal + 1000000, 'FM0000000')",
  at: "at",
  from: "stage_change WHERE lead_id = $1",
  known: {
    from_pipeline_id: "from_pipeline_id",
    from_status_id: "from_status_id",
    to_pipeline_id: "to_pipeline_id",
    to_status_id: "to_status_id",
  },
};

const VERDICTS: Branch = {
  key: "'v' || to_char(id, 'FM000000000000')",
  at: "decided_at",
  from: "verdict WHERE lead_id = $1 AND (score IS NOT NULL OR segment IS NOT NULL)",
  known: { segment: "segment", score: "score" },
};

const CALLS: Branch = {
  key: "'c' || to_char(id, 'FM000000000000')",
  at: "made_at",
  from: "engagement_call WHERE lead_id = $1",
  known: { opens: "opens", hours: "hours" },
};

/**
 * What happened to a deal and what its people did with our mails, newest first. All mail of its people is shown, of whatever
 * deal they were counted for.
 */
export function readTimeline(
  tx: Tx,
  leadId: number,
  before: Cursor | undefined,
  limit: number,
): Promise<TimelineRow[]> {
  const ofPeople = `SELECT e.* FROM lead_contact lc
                     CROSS JOIN LATERAL ${newest("mail", MAIL("e.contact_id = lc.contact_id"))} e WHERE lc.lead_id = $1`;
  return tx.query(
    `SELECT t.*, to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS exactly FROM (
       ${newest("mail", MAIL("e.lead_id = $1"))} UNION (${ofPeople})
       UNION ALL ${newest("stage", STAGES)} UNION ALL ${newest("verdict", VERDICTS)} UNION ALL ${newest("call", CALLS)}) t
      ORDER BY t.at DESC, t.key DESC LIMIT $4`,
    [leadId, before?.at ?? null, before?.key ?? null, limit, METRICS],
  );
}
