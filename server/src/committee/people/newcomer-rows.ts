import type { Tx } from "../../database/tenancy.ts";
import type { NewContact } from "../../write-back/write-row.ts";

/** Who asks for the same person once more within this time has clicked twice. */
const TWICE_WITHIN = "10 seconds";

/** The newest row that was to make a person of these very words for a deal. */
export interface Asked {
  marker: string;
  state: "due" | "sent" | "superseded" | "dead";
  /** Who was made by it. */
  contactId: number | null;
  isRecent: boolean;
  isInDeal: boolean;
}

export async function askedBefore(
  tx: Tx,
  leadId: number,
  { name, values }: Pick<NewContact, "name" | "values">,
): Promise<Asked | undefined> {
  const [row] = await tx.query(
    `SELECT marker, state, kommo_id AS "contactId", made_at > app_now() - interval '${TWICE_WITHIN}' AS "isRecent",
            EXISTS (SELECT FROM lead_contact lc WHERE lc.lead_id = w.lead_id AND lc.contact_id = w.kommo_id) AS "isInDeal"
       FROM write w
      WHERE lead_id = $1 AND target = 'contact_new' AND body->>'name' = $2 AND body->'values' = $3
      ORDER BY id DESC LIMIT 1`,
    [leadId, name, JSON.stringify(values)],
  );
  return row;
}

export interface Made {
  contactId: number;
  /** So lately that Kommo may not show it yet. */
  isRecent: boolean;
}

/** Who was made by the rows with these marks. */
export async function madeBy(tx: Tx, markers: readonly string[]): Promise<Map<string, Made>> {
  const rows: (Made & { marker: string })[] = await tx.query(
    `SELECT marker, kommo_id AS "contactId", ended_at > app_now() - interval '1 minute' AS "isRecent" FROM write
      WHERE marker = ANY($1) AND state = 'sent' AND kommo_id IS NOT NULL`,
    [markers],
  );
  return new Map(rows.map(({ marker, ...made }) => [marker, made]));
}
