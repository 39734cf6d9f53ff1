import type { Tx } from "../database/tenancy.ts";

export type ScanKind = "leads" | "deleted" | "contacts" | "notes" | "events";

export interface Cursor {
  at: Date;
  quietRuns: number;
}

/** Where a scan goes on; a new one begins when the account was connected, not with its whole past. */
export async function readCursor(tx: Tx, accountId: number, kind: ScanKind): Promise<Cursor> {
  const [row] = await tx.query(
    `INSERT INTO scan (account_id, kind, cursor_at) SELECT account_id, $2, connected_at FROM account WHERE account_id = $1
     ON CONFLICT (account_id, kind) DO UPDATE SET kind = excluded.kind RETURNING cursor_at, quiet_runs`,
    [accountId, kind],
  );
  return { at: row.cursor_at, quietRuns: row.quiet_runs };
}

/** Moves the cursor in the transaction that keeps what was found. */
export async function moveCursor(tx: Tx, kind: ScanKind, to: Date, healed: number) {
  await tx.query(
    `UPDATE scan SET cursor_at = greatest(cursor_at, $2), healed = healed + $3, ran_at = app_now(),
            quiet_runs = CASE WHEN $3 = 0 THEN quiet_runs + 1 ELSE 0 END
      WHERE kind = $1`,
    [kind, to, healed],
  );
}
