import type { Tx } from "../../database/tenancy.ts";

/** An open or a click of a person, with what there is to say of it. */
export interface ReadingRow {
  id: string;
  metric: "opened" | "clicked";
  at: Date;
  /** Since it was told. */
  toldMs: number;
  deliveryId: string | null;
  subject: string | null;
  campaign: string | null;
  link: string | null;
  /** The contact's name, else the address. */
  person: string | null;
}

const NAMED = `
  FROM engagement_event e
  LEFT JOIN contact c ON c.contact_id = e.contact_id
  LEFT JOIN customerio_source s ON s.kind = e.source_kind AND s.source_id = e.source_id`;
const PERSON = "coalesce(nullif(c.name, ''), e.address)";

const COLUMNS = `
  SELECT e.event_id AS id, e.machine IS NULL AS "isHuman", e.metric, e.at, (extract(epoch FROM app_now() - e.received_at) * 1000)::float8 AS "toldMs",
         e.delivery_id AS "deliveryId", e.subject, s.name AS campaign, e.link,
         ${PERSON} AS person ${NAMED}`;
/** Messages to phones and within apps are opened, too, and are no mails. */
const READING = "e.metric IN ('opened', 'clicked') AND e.channel = 'email'";

/** What people did with a lead's mails since then. */
export function readSignals(tx: Tx, leadId: number, since: Date): Promise<ReadingRow[]> {
  return tx.query(
    `${COLUMNS} WHERE e.lead_id = $1 AND ${READING} AND e.machine IS NULL AND e.at >= $2 ORDER BY e.at, e.event_id`,
    [leadId, since],
  );
}

/** All that was done with those of a lead's mails of which something was told lately, by people and by machines. */
export function readMails(tx: Tx, leadId: number, lately: string): Promise<(ReadingRow & { isHuman: boolean })[]> {
  return tx.query(
    `${COLUMNS}
      WHERE e.lead_id = $1 AND ${READING}
        AND e.delivery_id IN (SELECT delivery_id FROM engagement_event
                               WHERE lead_id = $1 AND delivery_id IS NOT NULL AND received_at > app_now() - $2::interval)
      ORDER BY e.at, e.event_id`,
    [leadId, lately],
  );
}

/** Something that changed how a person stands, as told of a mail where it was. */
export interface StandingRow extends Omit<ReadingRow, "metric" | "deliveryId" | "toldMs"> {
  metric: "unsubscribed" | "bounced" | "spammed" | "delivered";
  address: string | null;
  reason: string | null;
  leadId: number | null;
  contactId: number | null;
}

/** What is due of a person; a mail that was told of at the same time says more than the person's own form. */
export function readDue(tx: Tx, personId: number): Promise<StandingRow[]> {
  return tx.query(
    `SELECT d.event_id AS id, d.metric, d.at, e.subject, s.name AS campaign, NULL AS link, ${PERSON} AS person,
            coalesce(e.address, d.address) AS address, e.reason, e.lead_id AS "leadId", e.contact_id AS "contactId"
       FROM engagement_event d
      CROSS JOIN LATERAL (SELECT * FROM engagement_event t
                           WHERE t.person_id = d.person_id AND t.metric = d.metric
                             AND t.at BETWEEN d.at - interval '1 minute' AND d.at + interval '1 minute'
                           ORDER BY t.delivery_id IS NULL, t.lead_id IS NULL, t.event_id <> d.event_id LIMIT 1) e
       ${NAMED.replace("FROM engagement_event e", "")}
      WHERE d.person_id = $1 AND d.is_due ORDER BY d.at, d.event_id`,
    [personId],
  );
}
