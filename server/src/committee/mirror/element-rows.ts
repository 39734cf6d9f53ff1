import type { Approval } from "@dealscope/shared/committee";
import type { Tx } from "../../database/tenancy.ts";
import type { Shown } from "./shown.ts";

export interface ElementRow {
  leadId: number;
  contactId: number;
  listId: number;
  marker: string;
  elementId: number | null;
  shown: Shown;
  wanted: Shown;
  isLinked: boolean;
  isGone: boolean;
}

/** What the list is told of one person in one deal, and the element that tells it. */
export interface Pair {
  leadId: number;
  /** Null when nothing was ever said of him there. */
  approval: Approval | null;
  role: string | null;
  lastTouchAt: Date | null;
  element: ElementRow | null;
  /** A change of the element is on its way. */
  isDue: boolean;
}

const COLUMNS = `jsonb_build_object('leadId', e.lead_id, 'contactId', e.contact_id, 'listId', e.list_id,
  'marker', e.marker, 'elementId', e.element_id, 'shown', e.shown, 'wanted', e.wanted, 'isLinked', e.is_linked,
  'isGone', e.is_gone)`;

export async function pairsOf(tx: Tx, contactId: number): Promise<Pair[]> {
  return tx.query(
    `SELECT coalesce(s.lead_id, e.lead_id) AS "leadId", s.role, s.approval,
            CASE WHEN e.lead_id IS NOT NULL THEN ${COLUMNS} END AS element,
            EXISTS (SELECT FROM write w WHERE w.thing = 'element ' || e.element_id AND w.target = 'element_change'
                       AND w.state = 'due') AS "isDue",
            greatest(s.last_touch_at, (SELECT max(at) FROM message m
              WHERE m.lead_id = s.lead_id AND m.contact_id = s.contact_id AND m.direction = 'incoming')) AS "lastTouchAt"
       FROM (SELECT * FROM stakeholder WHERE contact_id = $1) s
       FULL JOIN (SELECT * FROM stakeholder_element WHERE contact_id = $1) e
         ON e.lead_id = s.lead_id AND e.contact_id = s.contact_id
      ORDER BY 1`,
    [contactId],
  );
}

/** Elements of a list that are known to be there. */
export async function elementsOf(tx: Tx, listId: number, ids?: readonly number[]): Promise<Map<number, ElementRow>> {
  const rows: { element: ElementRow }[] = await tx.query(
    `SELECT ${COLUMNS} AS element FROM stakeholder_element e
      WHERE list_id = $1 AND element_id IS NOT NULL AND NOT is_gone AND ($2::bigint[] IS NULL OR element_id = ANY($2))`,
    [listId, ids ?? null],
  );
  return new Map(rows.map(({ element }) => [element.elementId!, element]));
}

/** Elements with a change on its way: what Kommo shows of them may be ours already. */
export async function elementsUnderWay(tx: Tx): Promise<Set<number>> {
  const rows: { id: number }[] = await tx.query(
    "SELECT DISTINCT (body->>'elementId')::bigint AS id FROM write WHERE state = 'due' AND target = 'element_change'",
  );
  return new Set(rows.map(({ id }) => id));
}

/** A new element for a person in a deal; of one in another list nothing is left to tell. */
export async function beginElement(
  tx: Tx,
  accountId: number,
  row: Pick<ElementRow, "leadId" | "contactId" | "listId" | "marker" | "wanted">,
) {
  await tx.query(
    `INSERT INTO stakeholder_element (account_id, lead_id, contact_id, list_id, marker, wanted)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id, lead_id, contact_id) DO UPDATE SET
       list_id = excluded.list_id, marker = excluded.marker, wanted = excluded.wanted, element_id = NULL, shown = '{}',
       is_linked = true, is_gone = false, made_at = app_now()`,
    [accountId, row.leadId, row.contactId, row.listId, row.marker, JSON.stringify(row.wanted)],
  );
}

export async function changeElement(
  tx: Tx,
  marker: string,
  change: { elementId?: number; shown?: Shown; wanted?: Shown; isLinked?: boolean; isGone?: boolean },
): Promise<number | undefined> {
  const [rows]: [{ contactId: number }[]] = await tx.query(
    `UPDATE stakeholder_element SET element_id = coalesce($2::bigint, element_id), shown = shown || coalesce($3::jsonb, '{}'),
            wanted = coalesce($4::jsonb, wanted), is_linked = coalesce($5::boolean, is_linked), is_gone = coalesce($6::boolean, is_gone)
      WHERE marker = $1 RETURNING contact_id AS "contactId"`,
    [
      marker,
      change.elementId ?? null,
      change.shown ? JSON.stringify(change.shown) : null,
      change.wanted ? JSON.stringify(change.wanted) : null,
      change.isLinked ?? null,
      change.isGone ?? null,
    ],
  );
  return rows[0]?.contactId;
}
