import type { Role } from "@dealscope/shared/committee";
import type { Tx } from "../../database/tenancy.ts";
import { markerIn } from "../../write-back/marker.ts";
import type { SuggestedObjection, SuggestedRole } from "./suggestion-rows.ts";
import { fold } from "./words/fold.ts";
import { objectionsIn } from "./words/objection-rules.ts";
import { names, roleInTitle, roleOfNamed, rolesInWords } from "./words/role-rules.ts";

/** Of one text no more is looked at; who objects does so sooner. */
const MOST = 8_000;
/** So many of a deal's messages and notes are looked at once more, the newest first. */
const TOGETHER = 50;

/** Which messages to look at: by themselves, of a conversation, or all of a deal. */
interface Heard {
  messageIds: readonly string[];
  talks: readonly { leadId: number; talkId: number }[];
  leadIds: readonly number[];
}

interface Suggested {
  roles: SuggestedRole[];
  objections: SuggestedObjection[];
}

interface Person {
  id: number;
  name: string;
  isMain: boolean;
}

/** What the client's people write themselves. Our own side's words are no objection of theirs. */
export async function suggestedByMessages(
  tx: Tx,
  roles: readonly Role[],
  { messageIds, talks, leadIds }: Heard,
): Promise<Suggested> {
  if (messageIds.length + talks.length + leadIds.length === 0) return { roles: [], objections: [] };
  // As it is kept: what was erased is empty there. The writer may not be known where the log alone has told of it.
  const rows: { id: string; lead_id: number; contact_id: number | null; text: string; at: Date }[] = await tx.query(
    `SELECT m.message_id AS id, m.lead_id, left(m.text, ${MOST}) AS text, m.at,
            coalesce(m.contact_id, (SELECT min(contact_id) FROM lead_contact lc WHERE lc.lead_id = m.lead_id HAVING count(*) = 1))
              AS contact_id
       FROM message m
      WHERE m.message_id = ANY(ARRAY(
              SELECT unnest($1::text[])
              UNION SELECT t.message_id FROM unnest($2::bigint[], $3::bigint[]) AS d (lead_id, talk_id)
                CROSS JOIN LATERAL (SELECT message_id FROM message
                                     WHERE lead_id = d.lead_id AND (d.talk_id IS NULL OR talk_id = d.talk_id)
                                       AND direction = 'incoming' ORDER BY at DESC LIMIT ${TOGETHER}) t))
        AND m.direction = 'incoming' AND m.text <> '' AND m.lead_id IS NOT NULL
      ORDER BY m.at, m.message_id`,
    [
      messageIds,
      [...talks.map((talk) => talk.leadId), ...leadIds],
      [...talks.map((talk) => talk.talkId), ...leadIds.map(() => null)],
    ],
  );
  const suggested: Suggested = { roles: [], objections: [] };
  for (const { id, lead_id: leadId, contact_id: contactId, text, at } of rows) {
    if (contactId === null) continue;
    const said = { leadId, contactId, kind: "message" as const, id, at };
    suggested.roles.push(...rolesInWords(text, roles).map((hint) => ({ ...said, ...hint })));
    suggested.objections.push(...objectionsIn(text).map((hint) => ({ ...said, ...hint })));
  }
  return suggested;
}

/**
 * What reps note of the client's people. It is about whom the note names; an objection of nobody by name is taken for the
 * only one's in the deal, or the main contact's. Our own notes carry a mark and say nothing of anybody.
 */
export async function suggestedByNotes(
  tx: Tx,
  roles: readonly Role[],
  { noteIds, leadIds }: { noteIds: readonly number[]; leadIds: readonly number[] },
): Promise<Suggested> {
  const suggested: Suggested = { roles: [], objections: [] };
  if (noteIds.length === 0 && leadIds.length === 0) return suggested;
  const rows: { id: number; lead_id: number; text: string; at: Date }[] = await tx.query(
    `SELECT note_id AS id, lead_id, left(text, ${MOST}) AS text, at FROM note WHERE note_id = ANY($1) AND text <> ''
     UNION
     SELECT n.* FROM unnest($2::bigint[]) AS l (id)
      CROSS JOIN LATERAL (SELECT note_id, lead_id, left(text, ${MOST}), at FROM note
                           WHERE lead_id = l.id AND text <> '' ORDER BY at DESC LIMIT ${TOGETHER}) n
     ORDER BY at, id`,
    [noteIds, leadIds],
  );
  const people = await peopleOf(tx, [...new Set(rows.map((row) => row.lead_id))]);
  for (const { id, lead_id: leadId, text, at } of rows) {
    const inDeal = people.get(leadId) ?? [];
    if (markerIn(text) || inDeal.length === 0) continue;
    const said = { leadId, kind: "note" as const, id: String(id), at };
    for (const { id: contactId, name } of inDeal) {
      const hint = roleOfNamed(text, name, roles);
      if (hint) suggested.roles.push({ ...said, contactId, ...hint });
    }
    for (const hint of objectionsIn(text)) {
      const named = inDeal.filter(({ name }) => names(fold(hint.quote), name));
      const about = named.length === 1 ? named[0] : (inDeal.find(({ isMain }) => isMain) ?? inDeal[0]);
      if (about) suggested.objections.push({ ...said, contactId: about.id, ...hint });
    }
  }
  return suggested;
}

/** What stands on the cards of people who have come to a deal, or whose card has changed. */
export async function suggestedByTitles(
  tx: Tx,
  roles: readonly Role[],
  { contactIds, links }: { contactIds: readonly number[]; links: readonly { leadId: number; contactId: number }[] },
): Promise<SuggestedRole[]> {
  if (contactIds.length === 0 && links.length === 0) return [];
  const rows: { lead_id: number; contact_id: number; title: string }[] = await tx.query(
    `SELECT lc.lead_id, lc.contact_id, c.title
       FROM lead_contact lc JOIN contact c USING (contact_id)
      WHERE c.title <> ''
        AND (lc.contact_id = ANY($1)
             OR EXISTS (SELECT FROM unnest($2::bigint[], $3::bigint[]) AS n (lead_id, contact_id)
                         WHERE n.lead_id = lc.lead_id AND n.contact_id = lc.contact_id))`,
    [contactIds, links.map((link) => link.leadId), links.map((link) => link.contactId)],
  );
  return rows.flatMap(({ lead_id: leadId, contact_id: contactId, title }) => {
    const hint = roleInTitle(title, roles);
    return hint ? [{ leadId, contactId, kind: "title" as const, id: null, at: null, ...hint }] : [];
  });
}

async function peopleOf(tx: Tx, leadIds: readonly number[]): Promise<Map<number, Person[]>> {
  const rows: (Person & { leadId: number })[] = await tx.query(
    `SELECT lc.lead_id AS "leadId", lc.contact_id AS id, coalesce(c.name, '') AS name, lc.is_main AS "isMain"
       FROM lead_contact lc LEFT JOIN contact c USING (contact_id)
      WHERE lc.lead_id = ANY($1) AND c.gone IS NOT TRUE ORDER BY lc.contact_id`,
    [leadIds],
  );
  return Map.groupBy(rows, (row) => row.leadId);
}
