import type { SaidIn } from "@dealscope/shared/committee";
import type { Tx } from "../../database/tenancy.ts";
import type { Topic } from "./words/objection-rules.ts";

/** Who says things that nobody has said. */
const BY = "Dealscope";

interface Said {
  leadId: number;
  contactId: number;
  quote: string;
  kind: SaidIn["kind"];
  id: string | null;
  at: Date | null;
}

export type SuggestedRole = Said & { role: string };
export type SuggestedObjection = Said & { kind: "message" | "note"; topic: Topic; id: string; at: Date };

/**
 * Suggests roles, each to one person of a deal once: what was taken or dismissed is not suggested again. In one order, so
 * that two who suggest at once do not wait for each other in a circle.
 */
export async function suggestRoles(tx: Tx, accountId: number, suggested: readonly SuggestedRole[]) {
  if (suggested.length === 0) return;
  await tx.query(
    `INSERT INTO role_suggestion (account_id, lead_id, contact_id, role, quote, said_kind, said_id, said_at)
     SELECT $1, n.* FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
            AS n (lead_id, contact_id, role, quote, said_kind, said_id, said_at)
      WHERE NOT EXISTS (SELECT FROM stakeholder s
                         WHERE s.lead_id = n.lead_id AND s.contact_id = n.contact_id AND s.role = n.role)
      ORDER BY n.lead_id, n.contact_id, n.role
     ON CONFLICT DO NOTHING`,
    [
      accountId,
      suggested.map((one) => one.leadId),
      suggested.map((one) => one.contactId),
      suggested.map((one) => one.role),
      suggested.map((one) => one.quote),
      suggested.map((one) => one.kind),
      suggested.map((one) => one.id),
      suggested.map((one) => one.at),
    ],
  );
}

/** Suggests objections: one for each thing somebody is against, however often he says so while it is not answered. */
export async function suggestObjections(tx: Tx, accountId: number, suggested: readonly SuggestedObjection[]) {
  for (const one of suggested) {
    await tx.query(
      `INSERT INTO objection (account_id, lead_id, contact_id, topic, text, quote, state, said_kind, said_id, said_at, since, changed_by)
       SELECT $1, $2, $3, $4, $5, $5, 'suggested', $6, $7, $8, $8, $9
        WHERE NOT EXISTS (SELECT FROM objection WHERE lead_id = $2 AND topic = $4
                             AND (said_id = $7 OR contact_id = $3 AND state IN ('suggested', 'open')))
       ON CONFLICT DO NOTHING`,
      [accountId, one.leadId, one.contactId, one.topic, one.quote, one.kind, one.id, one.at, BY],
    );
  }
}
