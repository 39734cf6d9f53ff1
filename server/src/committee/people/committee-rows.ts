import type { Approval, Missing, Objection, SaidIn } from "@dealscope/shared/committee";

// Times inside of JSON are texts.
export interface MemberRow {
  contact_id: number;
  /** Null when the contact was never read. */
  name: string | null;
  is_main: boolean;
  role: string | null;
  weight: number | null;
  approval: Approval;
  approval_by: string | null;
  approval_at: string | null;
  approval_note: string;
  last_touch_at: string | null;
  /** When we saw the link; null for those that were there before anybody looked. */
  linked_at: string | null;
}

interface SuggestionRow {
  id: number;
  contact_id: number;
  role: string;
  quote: string;
  said_kind: SaidIn["kind"];
  said_id: string | null;
  said_at: string | null;
}

interface ObjectionRow {
  id: number;
  contact_id: number;
  text: string;
  weight: number;
  state: Objection["state"];
  quote: string | null;
  said_kind: SaidIn["kind"] | null;
  said_id: string | null;
  said_at: string | null;
  since: string;
  answered_at: string | null;
}

export interface HoldRow {
  id: number;
  wanted_pipeline_id: number;
  wanted_status_id: number;
  missing: Missing[];
  refusal: string | null;
  overruled_by: string | null;
  since: string;
  reasons: { kind: Missing["kind"]; what: string; contact_id: number | null; since: string }[];
}

interface JoiningRow {
  name: string | null;
  state: "due" | "sent" | "dead";
  outcome: string | null;
}

export interface CommitteeRow {
  members: MemberRow[];
  joining: JoiningRow[];
  suggestions: SuggestionRow[];
  objections: ObjectionRow[];
  hold: HoldRow | null;
  /** Since when the deal stands in its stage; null when not even its creation is known. */
  stage_since: string | null;
}

/** Kommo was told of him, and the deal was not read again since. Not for ever, because he may have left it before that. */
const IS_AWAITED = `w.state = 'sent' AND w.ended_at > app_now() - interval '30 seconds' AND NOT EXISTS (
             SELECT FROM deal_person p
              WHERE p.lead_id = l.lead_id AND p.contact_id = coalesce((w.body->>'contactId')::bigint, w.kommo_id))`;

/**
 * What is known of the people of a row of `lead l`, as one column, so that a card stays one statement. Merged and deleted
 * contacts are no members, whatever a reading from before still links.
 */
export const COMMITTEE_COLUMN = `
  (SELECT jsonb_build_object(
     'members', (SELECT coalesce(jsonb_agg(m ORDER BY m.is_main DESC, m.contact_id), '[]') FROM (
        SELECT lc.contact_id, c.name, lc.is_main, s.role, s.weight, coalesce(s.approval, 'pending') AS approval,
               s.approval_by, s.approval_at, coalesce(s.approval_note, '') AS approval_note,
               greatest(s.last_touch_at, said.at) AS last_touch_at, link.at AS linked_at
          FROM deal_person lc
          LEFT JOIN contact c ON c.contact_id = lc.contact_id
          LEFT JOIN stakeholder s ON s.lead_id = lc.lead_id AND s.contact_id = lc.contact_id
          LEFT JOIN (SELECT contact_id, max(at) AS at FROM message
                      WHERE lead_id = l.lead_id AND direction = 'incoming' GROUP BY contact_id) said
            ON said.contact_id = lc.contact_id
          LEFT JOIN (SELECT contact_id, max(at) AS at FROM stakeholder_change
                      WHERE lead_id = l.lead_id AND kind = 'linked' GROUP BY contact_id) link
            ON link.contact_id = lc.contact_id
         WHERE lc.lead_id = l.lead_id) m),
     'joining', (SELECT coalesce(jsonb_agg(j ORDER BY j.seq), '[]') FROM (
        SELECT w.seq, w.state, w.outcome,
               coalesce(w.body->>'name', (SELECT name FROM contact WHERE contact_id = (w.body->>'contactId')::bigint)) AS name
          FROM write w
         WHERE w.lead_id = l.lead_id AND w.origin = 'rep' AND (w.state IN ('due', 'dead') OR ${IS_AWAITED})
           AND (w.target = 'contact_new' OR w.target = 'link' AND w.body ? 'contactId')) j),
     'suggestions', (SELECT coalesce(jsonb_agg(r ORDER BY r.id DESC), '[]') FROM (
        SELECT id, contact_id, role, quote, said_kind, said_id, said_at
          FROM role_suggestion WHERE lead_id = l.lead_id AND state = 'open') r),
     'objections', (SELECT coalesce(jsonb_agg(o ORDER BY o.id), '[]') FROM (
        SELECT id, contact_id, text, weight, state, quote, said_kind, said_id, said_at, since, answered_at
          FROM objection WHERE lead_id = l.lead_id AND state <> 'dismissed') o),
     'hold', (SELECT to_jsonb(h) FROM (
        SELECT id, wanted_pipeline_id, wanted_status_id, missing, refusal, overruled_by, since,
               (SELECT coalesce(jsonb_agg(r), '[]') FROM (
                  SELECT kind, what, contact_id, since FROM hold_reason
                   WHERE hold_id = hold.id AND ended_at IS NULL) r) AS reasons
          FROM hold WHERE lead_id = l.lead_id AND ended_at IS NULL) h),
     'stage_since', (SELECT since FROM deal_standing t WHERE t.lead_id = l.lead_id)))
  AS committee`;
