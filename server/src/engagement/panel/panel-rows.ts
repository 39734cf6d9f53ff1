import type { Recipient } from "@dealscope/shared/engagement-panel";
import type { Tx } from "../../database/tenancy.ts";

const HEAT_DAYS = 30;
const CAMPAIGNS_AT_MOST = 5;

/** What people and machines did each day, in the account's time zone; days without anything too. */
export function readHeat(
  tx: Tx,
  leadId: number,
  zone: string,
): Promise<{ day: string; human: number; machine: number }[]> {
  return tx.query(
    `SELECT to_char(d.day, 'YYYY-MM-DD') AS day, coalesce(e.human, 0) AS human, coalesce(e.machine, 0) AS machine
       FROM (SELECT (app_now() AT TIME ZONE $2)::date - n AS day FROM generate_series(0, ${HEAT_DAYS - 1}) n) d
       LEFT JOIN (SELECT (at AT TIME ZONE $2)::date AS day, count(*) FILTER (WHERE machine IS NULL)::int AS human,
                         count(machine)::int AS machine
                    FROM engagement_event
                   WHERE metric IN ('opened', 'clicked') AND channel = 'email' AND at > app_now() - interval '${HEAT_DAYS + 1} days'
                     AND (lead_id = $1 OR contact_id = ANY(ARRAY(SELECT contact_id FROM lead_contact WHERE lead_id = $1)))
                   GROUP BY 1) e USING (day)
      ORDER BY 1`,
    [leadId, zone],
  );
}

interface RecipientRow {
  contactId: number;
  name: string;
  unsubscribed_at: Date | null;
  address_state: "bounced" | "spam" | null;
  address_state_at: Date | null;
  is_known: boolean;
  campaigns: { name: string; lastSentAt: string | null; isStartedByDeals: boolean }[];
}

/**
 * How campaigns may write to each of a deal's people: those that have, the last first, then those that wait for an event of
 * ours; by their names, else by what they wrote to him. Of several persons in Customer.io that are one contact the one who wants mail least counts.
 */
export async function readRecipients(tx: Tx, leadId: number): Promise<Recipient[]> {
  const rows: RecipientRow[] = await tx.query(
    `SELECT c.contact_id AS "contactId", c.name, p.unsubscribed_at, p.address_state, p.address_state_at,
            coalesce(p.is_known, false) OR EXISTS (SELECT FROM engagement_event e WHERE e.contact_id = c.contact_id) AS is_known,
            (SELECT coalesce(jsonb_agg(n ORDER BY n."lastSentAt" DESC NULLS LAST, n.name), '[]') FROM (
               SELECT coalesce(s.name, (SELECT e.subject FROM engagement_event e
                                         WHERE e.contact_id = c.contact_id AND e.source_kind = s.kind
                                           AND e.source_id = s.source_id AND e.subject IS NOT NULL
                                         ORDER BY e.at DESC LIMIT 1)) AS name,
                      s.is_ours AS "isStartedByDeals", s.last AS "lastSentAt"
                 FROM (SELECT s.*, m.last FROM customerio_source s
                         LEFT JOIN (SELECT source_kind, source_id, max(at) AS last FROM engagement_event
                                     WHERE contact_id = c.contact_id AND metric IN ('sent', 'delivered') GROUP BY 1, 2) m
                           ON m.source_kind = s.kind AND m.source_id = s.source_id
                        WHERE m.last IS NOT NULL OR s.is_ours AND s.name IS NOT NULL
                        ORDER BY m.last DESC NULLS LAST, s.name LIMIT ${CAMPAIGNS_AT_MOST}) s) n
              WHERE n.name IS NOT NULL) AS campaigns
       FROM lead_contact lc
       JOIN contact c ON c.contact_id = lc.contact_id AND NOT c.gone
       LEFT JOIN LATERAL (
         SELECT unsubscribed_at, address_state, address_state_at, cio_id IS NOT NULL AS is_known FROM (
                  SELECT * FROM customerio_person
                   WHERE id = ANY(ARRAY(SELECT person_id FROM customerio_person_contact WHERE contact_id = c.contact_id))
                  UNION ALL
                  SELECT * FROM customerio_person
                   WHERE identified_by = 'email'
                     AND identifier_key = ANY(ARRAY(SELECT address FROM contact_address WHERE contact_id = c.contact_id))) k
          ORDER BY unsubscribed_at IS NULL, address_state IS NULL, cio_id IS NULL, id LIMIT 1) p ON true
      WHERE lc.lead_id = $1
      ORDER BY lc.is_main DESC, c.contact_id`,
    [leadId],
  );
  return rows.map((row) => ({
    contactId: row.contactId,
    name: row.name,
    ...standingOf(row),
    campaigns: row.campaigns.map(({ lastSentAt, ...campaign }) => ({
      ...campaign,
      lastSentAt: lastSentAt === null ? null : new Date(lastSentAt).toISOString(),
    })),
  }));
}

function standingOf(row: RecipientRow): Pick<Recipient, "state" | "since"> {
  const { unsubscribed_at, address_state, address_state_at, is_known } = row;
  if (unsubscribed_at) return { state: "unsubscribed", since: unsubscribed_at.toISOString() };
  if (address_state) return { state: address_state, since: address_state_at?.toISOString() ?? null };
  return { state: is_known ? "reachable" : "unknown", since: null };
}
