import type { StandingReason } from "@dealscope/shared/reports";
import type { Tx } from "../database/tenancy.ts";
import type { Frame } from "./question.ts";

interface Row {
  lead_id: number;
  kind: StandingReason["kind"];
  contact_id: number | null;
  contact_name: string | null;
  role: string | null;
  text: string;
  days: number;
}

const DAYS = (since: string) => `floor(greatest(0, extract(epoch FROM app_now() - ${since})) / 86400)::int`;

/**
 * What weighs on these deals, the longest first: what their gate waits for, objections that nobody has answered, and
 * people of the committee who have fallen silent.
 */
export async function reasonsOf(
  tx: Tx,
  { committee }: Frame,
  leadIds: readonly number[],
): Promise<Map<number, StandingReason[]>> {
  const rows: Row[] = await tx.query(
    `SELECT r.*, c.name AS contact_name
       FROM (SELECT h.lead_id, r.kind, r.contact_id, CASE WHEN r.kind IN ('role', 'approval') THEN r.what END AS role,
                    CASE WHEN r.kind IN ('role', 'approval') THEN '' ELSE r.what END AS text, ${DAYS("r.since")} AS days
               FROM hold h JOIN hold_reason r ON r.hold_id = h.id
              WHERE h.lead_id = ANY($1) AND h.ended_at IS NULL AND r.ended_at IS NULL
             UNION ALL
             SELECT o.lead_id, 'objection', o.contact_id, s.role, o.text, ${DAYS("o.since")}
               FROM objection o LEFT JOIN stakeholder s USING (lead_id, contact_id)
              WHERE o.lead_id = ANY($1) AND o.state = 'open'
             UNION ALL
             SELECT lead_id, 'silence', contact_id, role, '', ${DAYS("touched_at")}
               FROM (SELECT m.lead_id, m.contact_id, s.role,
                            greatest(s.last_touch_at, (SELECT max(at) FROM message g
                                                        WHERE g.lead_id = m.lead_id AND g.contact_id = m.contact_id)) AS touched_at
                       FROM deal_person m LEFT JOIN stakeholder s USING (lead_id, contact_id)
                      WHERE m.lead_id = ANY($1)) people
              WHERE touched_at <= app_now() - $2::int * interval '1 day') r
       LEFT JOIN contact c ON c.contact_id = r.contact_id
      ORDER BY r.days DESC, r.kind, r.contact_id, r.text`,
    [leadIds, committee.silentDays],
  );
  const reasons = rows.map(({ lead_id, contact_id, contact_name, ...rest }) => ({
    leadId: lead_id,
    reason: { ...rest, contactId: contact_id, contactName: contact_name ?? "" },
  }));
  return new Map(
    [...Map.groupBy(reasons, ({ leadId }) => leadId)].map(([id, own]) => [id, own.map(({ reason }) => reason)]),
  );
}
