import type { Tx } from "../../database/tenancy.ts";
import { normaliseEmail, normalisePhone } from "../../leads/contact-address.ts";
import type { MailTold } from "../../webhooks/mail-told.ts";
import { linkKey, shownLink } from "./link.ts";
import { type MailMoment, machineClicks, SCAN_MS, toldMachine } from "./machines.ts";

/** What a person has done, or what says how he stands with us: of these it matters whose they are. */
export const MATTERS = `(metric IN ('subscribed', 'unsubscribed') OR channel = 'email'
                         AND (metric IN ('bounced', 'spammed') OR metric IN ('opened', 'clicked') AND machine IS NULL))`;

/** So far another clock than ours may be ahead. */
const AHEAD_MS = 300_000;

/** What was told, as it is kept; whose it is is found before. */
export interface MailRow {
  event_id: string;
  metric: string;
  channel: string;
  at: Date;
  address: string | null;
  own_id: string | null;
  cio_id: string | null;
  delivery_id: string | null;
  source_kind: string | null;
  source_id: string | null;
  subject: string | null;
  link: string | null;
  link_key: string | null;
  machine: string | null;
  is_proxied: boolean;
  reason: string | null;
  trigger_event_id: string | null;
  person_id: number | null;
  contact_id: number | null;
  lead_id: number | null;
}

/** The same of one that is not kept yet. */
export function matters({ metric, channel, machine }: MailRow): boolean {
  if (metric === "subscribed" || metric === "unsubscribed") return true;
  if (channel !== "email") return false;
  return metric === "opened" || metric === "clicked" ? machine === null : metric === "bounced" || metric === "spammed";
}

/** What had not been told before, each thing once. */
export async function newsIn(tx: Tx, told: readonly MailTold[], proxiedCounts: boolean): Promise<MailRow[]> {
  // Told in two bodies at once, the first is believed, as it is when they come one after the other.
  const rows = new Map(told.toReversed().map((one) => [one.eventId, toRow(one, proxiedCounts)]));
  const known: { event_id: string }[] = await tx.query(
    "SELECT event_id FROM engagement_event WHERE event_id = ANY($1)",
    [[...rows.keys()]],
  );
  for (const { event_id } of known) rows.delete(event_id);
  return [...rows.values()];
}

function toRow(told: MailTold, proxiedCounts: boolean): MailRow {
  return {
    event_id: told.eventId,
    metric: told.metric,
    channel: told.channel,
    // What is told has happened: a clock that is years ahead would keep the deal hot for years.
    at: new Date(Math.min(told.at.getTime(), Date.now() + AHEAD_MS)),
    address: addressOf(told),
    own_id: told.ownId,
    cio_id: told.cioId,
    delivery_id: told.deliveryId,
    source_kind: told.source?.kind ?? null,
    source_id: told.source?.id ?? null,
    subject: told.subject,
    link: shownLink(told.href),
    link_key: linkKey(told.href, told.linkId),
    machine: toldMachine(told, proxiedCounts),
    is_proxied: told.proxied,
    reason: told.reason,
    trigger_event_id: told.triggerEventId,
    person_id: null,
    contact_id: null,
    lead_id: null,
  };
}

/** In one statement, because a newsletter is thousands of them. @returns their ids */
export async function keep(tx: Tx, accountId: number, rows: readonly MailRow[]): Promise<string[]> {
  const kept: { event_id: string }[] = await tx.query(
    `INSERT INTO engagement_event (account_id, event_id, metric, channel, at, address, own_id, cio_id, delivery_id, source_kind,
                                   source_id, subject, link, link_key, machine, is_proxied, reason, trigger_event_id,
                                   person_id,
                                   contact_id, lead_id)
     SELECT $1, t.* FROM jsonb_to_recordset($2)
            AS t (event_id text, metric text, channel text, at timestamptz, address text, own_id text, cio_id text,
                  delivery_id text, source_kind text, source_id text, subject text, link text, link_key text,
                  machine text, is_proxied bool, reason text, trigger_event_id text, person_id bigint, contact_id bigint, lead_id bigint)
      ORDER BY t.event_id
     ON CONFLICT (account_id, event_id) DO NOTHING RETURNING event_id`,
    [accountId, JSON.stringify(rows)],
  );
  return kept.map(({ event_id }) => event_id);
}

/** The account has chosen otherwise: what was told lately is looked at anew, what follows from it is not. */
export async function rethinkProxied(tx: Tx, proxiedCounts: boolean) {
  const [before, now] = proxiedCounts ? ["proxied", null] : [null, "proxied"];
  await tx.query(
    `UPDATE engagement_event SET machine = $2
      WHERE is_proxied AND metric = 'opened' AND machine IS NOT DISTINCT FROM $1
        AND at > app_now() - interval '30 days'`,
    [before, now],
  );
}

/** As contacts' addresses are compared; messages to phones are told with a number. */
function addressOf({ address, channel }: MailTold): string | null {
  if (address === null) return null;
  return normaliseEmail(address) ?? (channel === "sms" || channel === "whatsapp" ? normalisePhone(address) : null);
}

/**
 * Looks at the mails of these events for clicks that no person can have made: later news may show it of earlier ones.
 * @returns the events of which something else is thought than before
 */
export async function markMachines(tx: Tx, eventIds: readonly string[]): Promise<string[]> {
  const rows: (MailMoment & { deliveryId: string; machine: string | null; isNear: boolean })[] = await tx.query(
    `WITH news AS (SELECT DISTINCT delivery_id, at FROM engagement_event
                    WHERE event_id = ANY($1) AND delivery_id IS NOT NULL AND metric IN ('sent', 'delivered', 'clicked'))
     SELECT event_id AS "eventId", delivery_id AS "deliveryId", metric, at, link_key AS "linkKey", machine,
            bool_or(is_near) AS "isNear"
       FROM (SELECT e.*, abs(extract(epoch FROM e.at - n.at)) * 1000 <= $2 AS is_near
               FROM news n
               JOIN engagement_event e ON e.delivery_id = n.delivery_id AND e.metric = 'clicked'
                AND e.at BETWEEN n.at - 2 * $2 * interval '1 ms' AND n.at + 2 * $2 * interval '1 ms'
              UNION ALL
             SELECT e.*, false FROM engagement_event e
              WHERE e.metric IN ('sent', 'delivered') AND e.delivery_id = ANY(ARRAY(SELECT delivery_id FROM news))) m
      GROUP BY 1, 2, 3, 4, 5, 6`,
    [eventIds, SCAN_MS],
  );
  const changed = [...Map.groupBy(rows, ({ deliveryId }) => deliveryId).values()].flatMap((mail) => {
    const found = machineClicks(mail);
    return mail.flatMap(({ eventId, metric, machine, isNear }) => {
      const now = found.get(eventId) ?? null;
      // Of those farther away it is not known here what happened around them.
      if (metric !== "clicked" || !isNear) return [];
      return machine === "machine" || machine === now ? [] : [{ eventId, now }];
    });
  });
  if (changed.length === 0) return [];
  await tx.query(
    `UPDATE engagement_event e SET machine = c.machine FROM unnest($1::text[], $2::text[]) AS c (event_id, machine)
      WHERE e.event_id = c.event_id`,
    [changed.map(({ eventId }) => eventId), changed.map(({ now }) => now)],
  );
  return changed.map(({ eventId }) => eventId);
}
