import type { UnseenPart } from "@dealscope/shared/qualification";
import type { Tx } from "../database/tenancy.ts";
import { ENGAGEMENT_OF_LEAD } from "../leads/engagement.ts";
import type { HardRuleFacts } from "./judging/hard-rules.ts";
import type { KnownOfLead } from "./lead-text/build-lead-input.ts";
import { ACTIVE_OVERRIDE, type ActiveOverride, toOverride } from "./overrides/active-override.ts";
import { type KeptVerdict, toKept, type VerdictRow } from "./verdict-rows.ts";

/** Everything our own database knows that a verdict on one lead needs. */
export interface Facts extends KnownOfLead, Pick<HardRuleFacts, "staffEmails" | "equalLeads"> {
  last: KeptVerdict | null;
  override: ActiveOverride | null;
  historyReadAt: Date | null;
  /** Until when its words were erased with a person. */
  erasedAt: Date | null;
  /** What the reading of the lead's history could not get at. */
  historyMissing: UnseenPart["what"][];
  talkIds: number[];
  /** One of its conversations began before we were connected. */
  hasUnheardTalk: boolean;
}

const MOST_MESSAGES = 200;
const MOST_NOTES = 50;

/**
 * From the lead `$1` by its people and their addresses to other people with the same address. Written as arrays because
 * joins of tables that have just been filled are planned as scans of all of an account's contacts.
 */
export const LEADS_WITH_EQUAL_ADDRESS = `
  SELECT lead_id FROM lead_contact WHERE contact_id = ANY(ARRAY(
    SELECT contact_id FROM contact_address WHERE address = ANY(ARRAY(
      SELECT address FROM contact_address WHERE contact_id = ANY(ARRAY(
        SELECT contact_id FROM lead_contact WHERE lead_id = $1))))))`;

export async function readFacts(tx: Tx, leadId: number, responsibleUserId: number | null): Promise<Facts> {
  const [row] = await tx.query(
    `SELECT
       (SELECT coalesce(jsonb_agg(m ORDER BY m.at), '[]') FROM (
          SELECT message_id AS id, at, direction, text FROM message WHERE lead_id = $1 ORDER BY at DESC LIMIT ${MOST_MESSAGES}) m) AS messages,
       (SELECT coalesce(jsonb_agg(DISTINCT talk_id), '[]') FROM message WHERE lead_id = $1 AND talk_id IS NOT NULL) AS talk_ids,
       EXISTS (SELECT FROM message m WHERE m.lead_id = $1 AND m.talk_id IS NOT NULL
                AND NOT EXISTS (SELECT FROM heard_talk h WHERE h.talk_id = m.talk_id)) AS has_unheard_talk,
       (SELECT coalesce(jsonb_agg(n ORDER BY n.at), '[]') FROM (
          SELECT note_id AS id, at, text FROM note WHERE lead_id = $1 ORDER BY at DESC LIMIT ${MOST_NOTES}) n) AS notes,
       (SELECT coalesce(jsonb_agg(email), '[]') FROM kommo_user WHERE is_active AND email <> '') AS staff,
       (SELECT name FROM kommo_user WHERE user_id = $2) AS responsible,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', lead_id, 'createdAt', kommo_created_at)), '[]') FROM lead
         WHERE lead_id = ANY(ARRAY(${LEADS_WITH_EQUAL_ADDRESS})) AND lead_id <> $1
           AND closed_at IS NULL AND gone IS NULL AND kommo_created_at IS NOT NULL) AS equal_leads,
       (SELECT to_jsonb(v) FROM (SELECT id, detail, input_hash, asked_by, decided_at FROM verdict
                                  WHERE lead_id = $1 ORDER BY id DESC LIMIT 1) v) AS last,
       (SELECT to_jsonb(e) FROM (${ENGAGEMENT_OF_LEAD}) e) AS engagement,
       (SELECT to_jsonb(o) FROM (${ACTIVE_OVERRIDE}) o) AS override,
       (SELECT to_jsonb(l) FROM (SELECT history_read_at, history_missing, erased_at FROM lead WHERE lead_id = $1) l) AS history`,
    [leadId, responsibleUserId],
  );
  const equal: { id: number; createdAt: string }[] = row.equal_leads;
  return {
    messages: row.messages,
    talkIds: row.talk_ids,
    hasUnheardTalk: row.has_unheard_talk,
    notes: row.notes,
    staffEmails: row.staff,
    responsibleName: row.responsible,
    engagement: row.engagement,
    equalLeads: equal.map(({ id, createdAt }) => ({ id, createdAt: new Date(createdAt).toISOString() })),
    last: row.last ? toKept(row.last as VerdictRow) : null,
    override: row.override ? toOverride(row.override) : null,
    historyReadAt: row.history?.history_read_at ? new Date(row.history.history_read_at) : null,
    erasedAt: row.history?.erased_at ? new Date(row.history.erased_at) : null,
    historyMissing: row.history?.history_missing ?? [],
  };
}
