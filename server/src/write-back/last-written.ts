import type { Tx } from "../database/tenancy.ts";
import { type LeadChange, type Origin, strength } from "./write-row.ts";

/** What our fields of a lead showed when we last wrote them; a field whose writing was refused is not known. */
export interface LastWritten {
  fields: NonNullable<LeadChange["fields"]>;
  /** Of the newest row, to see whether another has come since. */
  seq: number;
}

const MOST_ROWS = 30;

interface Row {
  seq: number;
  origin: Origin;
  body: LeadChange;
  state: "due" | "sent";
  outcome: string | null;
  ended_at: Date;
}

/** @returns undefined while something is still to be written: what Kommo shows then may be what was there before */
export async function lastWritten(tx: Tx, leadId: number): Promise<LastWritten | undefined> {
  const rows: Row[] = await tx.query(
    `SELECT seq, origin, body, state, outcome, ended_at FROM write
      WHERE lead_id = $1 AND target = 'lead' AND state IN ('due', 'sent') ORDER BY seq DESC LIMIT ${MOST_ROWS}`,
    [leadId],
  );
  const [newest] = rows;
  if (!newest || rows.some(({ state }) => state === "due")) return undefined;
  // Rows that ended together were one request, in which the strongest had the last word.
  const inOrder = rows.toSorted(
    (a, b) => a.ended_at.getTime() - b.ended_at.getTime() || strength[a.origin] - strength[b.origin] || a.seq - b.seq,
  );
  const fields: LastWritten["fields"] = {};
  for (const { body, outcome } of inOrder) {
    Object.assign(fields, body.fields);
    for (const refused of refusedIn(outcome)) delete fields[refused as keyof typeof fields];
  }
  return { fields, seq: newest.seq };
}

/** The outcome of a row says what was left out: `sent, refused: score, refused: summary`. */
export function outcomeOf(refused: readonly string[]): string {
  return ["sent", ...refused].join(SEPARATOR);
}

function refusedIn(outcome: string | null): string[] {
  return outcome?.split(SEPARATOR).slice(1) ?? [];
}

const SEPARATOR = ", refused: ";
