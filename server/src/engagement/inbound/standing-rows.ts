import type { Tx } from "../../database/tenancy.ts";

/**
 * Brings people to where these events say they stand: subscribed or not, reachable or not. What changes it is due: something
 * follows from it, once. One act may be told twice, of the message and of the person, and is also told when it was our own
 * word; neither changes anything.
 *
 * @returns people of whom something follows
 */
export async function stand(tx: Tx, eventIds: readonly string[]): Promise<number[]> {
  const changes: { id: number; event_id: string }[][] = [];
  for (const change of [UNSUBSCRIBE, SUBSCRIBE, BOUNCE, SPAM, DELIVER]) {
    const [changed] = await tx.query(change, [eventIds]);
    changes.push(changed);
  }
  const [unsubscribed, subscribed, bounced, spammed, delivered] = changes;
  // Whoever takes his word back before anybody has told of it has said nothing.
  await tx.query(
    "UPDATE engagement_event SET is_due = false WHERE person_id = ANY($1) AND metric = 'unsubscribed' AND is_due",
    [subscribed!.map(({ id }) => id)],
  );
  await silence(
    tx,
    [unsubscribed, bounced, spammed].flatMap((changed) => changed!.map(({ id }) => id)),
  );
  const due = [unsubscribed, bounced, spammed, delivered].flatMap((changed) => changed ?? []);
  if (due.length === 0) return [];
  await tx.query("UPDATE engagement_event SET is_due = true WHERE event_id = ANY($1)", [
    due.map(({ event_id }) => event_id),
  ]);
  return [...new Set(due.map(({ id }) => id))];
}

/** What waits to start a campaign for somebody who wants no mail, or whom none reaches, starts none. */
async function silence(tx: Tx, personIds: readonly number[]) {
  await tx.query(
    `UPDATE customerio_write SET state = 'dropped', operation = '{}', ended_at = app_now(),
            reason = 'Mail is not wanted by this person any more, or does not reach him.'
      WHERE person_id = ANY($1) AND kind = 'event' AND state = 'due'`,
    [personIds],
  );
}

/** Late news must not undo newer ones, so the newest that is known of a person counts. */
const NEWEST = `
  SELECT DISTINCT ON (person_id) person_id, event_id, metric, at FROM engagement_event
   WHERE metric IN ('subscribed', 'unsubscribed')
     AND person_id = ANY(ARRAY(SELECT person_id FROM engagement_event
                                WHERE event_id = ANY($1) AND metric IN ('subscribed', 'unsubscribed')))
   ORDER BY person_id, at DESC, metric DESC, delivery_id IS NULL, event_id`;

const UNSUBSCRIBE = `
  UPDATE customerio_person p SET unsubscribed_at = n.at, unsubscribed_by = 'customerio', opted_out = true
    FROM (${NEWEST}) n
   WHERE p.id = n.person_id AND n.metric = 'unsubscribed' AND p.unsubscribed_at IS NULL
  RETURNING p.id, n.event_id`;

/** A box that is still ticked in Kommo is the old word, and not said once more. */
const SUBSCRIBE = `
  UPDATE customerio_person p SET unsubscribed_at = NULL, unsubscribed_by = NULL, opted_out = true, opt_out = NULL
    FROM (${NEWEST}) n
   WHERE p.id = n.person_id AND n.metric = 'subscribed' AND p.unsubscribed_at < n.at
  RETURNING p.id, n.event_id`;

const first = (metric: string) => `
  SELECT DISTINCT ON (person_id) person_id, event_id, at FROM engagement_event
   WHERE event_id = ANY($1) AND metric = '${metric}' AND channel = 'email' AND person_id IS NOT NULL
   ORDER BY person_id, at, event_id`;

const BOUNCE = `
  UPDATE customerio_person p SET address_state = 'bounced', address_state_at = n.at FROM (${first("bounced")}) n
   WHERE p.id = n.person_id AND p.address_state IS NULL
     AND NOT EXISTS (SELECT FROM engagement_event d WHERE d.person_id = p.id AND d.metric = 'delivered' AND d.at > n.at)
  RETURNING p.id, n.event_id`;

const SPAM = `
  UPDATE customerio_person p SET address_state = 'spam', address_state_at = n.at FROM (${first("spammed")}) n
   WHERE p.id = n.person_id AND p.address_state IS DISTINCT FROM 'spam'
  RETURNING p.id, n.event_id`;

/** What arrives later shows that the address is good again. */
const DELIVER = `
  UPDATE customerio_person p SET address_state = NULL, address_state_at = NULL FROM (
    SELECT DISTINCT ON (person_id) person_id, event_id, at FROM engagement_event
     WHERE event_id = ANY($1) AND metric = 'delivered' AND channel = 'email' AND person_id IS NOT NULL
     ORDER BY person_id, at DESC, event_id) n
   WHERE p.id = n.person_id AND p.address_state = 'bounced' AND p.address_state_at < n.at
  RETURNING p.id, n.event_id`;
