import type { Region } from "@dealscope/shared/customerio";
import type { Tx } from "../../database/tenancy.ts";

/** What an account has told us of its workspace, and what has been heard of it. */
export interface ConnectionRow {
  site_id: string;
  track_key_sealed: string;
  app_key_sealed: string | null;
  signing_key_sealed: string | null;
  region: Region;
  environment_id: number;
  path_key_sealed: string;
  webhook_id: number | null;
  sends_all: boolean | null;
  problem: "refused" | "unavailable" | null;
  last_sent_at: Date | null;
  last_heard_at: Date | null;
  last_signed_at: Date | null;
  last_refused_at: Date | null;
  refusal: "no_key" | "no_signature" | "wrong" | null;
  refused: number;
  checked_at: Date | null;
}

export async function readConnection(tx: Tx): Promise<ConnectionRow | undefined> {
  const [row] = await tx.query("SELECT * FROM customerio_connection");
  return row;
}

/** Whoever decides or sends for the workspace comes before or after the transaction. */
export async function lockConnection(tx: Tx): Promise<ConnectionRow | undefined> {
  const [row] = await tx.query("SELECT * FROM customerio_connection FOR UPDATE");
  return row;
}

/** What webhooks have proved, they have proved of the key and the workspace that were there. */
export async function forgetHearing(tx: Tx) {
  await tx.query(
    `UPDATE customerio_connection SET last_heard_at = NULL, last_signed_at = NULL, last_refused_at = NULL, refusal = NULL,
            refused = 0`,
  );
}

/** @returns whether the account still speaks to this workspace, which it does then until the transaction ends */
export async function holdWorkspace(tx: Tx, environmentId: number): Promise<boolean> {
  const rows = await tx.query("SELECT FROM customerio_connection WHERE environment_id = $1 FOR KEY SHARE", [
    environmentId,
  ]);
  return rows.length > 0;
}

/** Whoever saves keys comes before or after the transaction. @returns whether they are still those that were used */
export async function holdKeys(tx: Tx, { site_id, track_key_sealed }: ConnectionRow): Promise<boolean> {
  const [row] = await tx.query("SELECT site_id, track_key_sealed FROM customerio_connection FOR NO KEY UPDATE");
  return row?.site_id === site_id && row.track_key_sealed === track_key_sealed;
}

interface Standing {
  is_shared: boolean;
  waiting: number;
  stuck: number;
  /** A mail of which two opens were told proves that every one is; not looked for where Customer.io itself says it. */
  tells_all: boolean;
}

export async function readStanding(tx: Tx, accountId: number, row: ConnectionRow): Promise<Standing> {
  const { environment_id, sends_all } = row;
  const [standing] = await tx.query(
    `SELECT customerio_workspace_is_shared($2, $1) AS is_shared,
            (SELECT count(*)::int FROM customerio_write WHERE state = 'due') AS waiting,
            (SELECT count(*)::int FROM customerio_write WHERE state = 'stuck') AS stuck,
            $3 AND EXISTS (SELECT FROM engagement_event
                     WHERE metric = 'opened' AND delivery_id IS NOT NULL AND at > app_now() - interval '30 days'
                     GROUP BY delivery_id HAVING count(*) > 1) AS tells_all`,
    [accountId, environment_id, sends_all === null],
  );
  return standing;
}

/**
 * Nobody has unsubscribed in another workspace: who does not want mail by the box in Kommo is told anew. Until there is
 * another, it is still to be seen. The people are locked before.
 */
export async function forgetStanding(tx: Tx) {
  await tx.query(
    `UPDATE customerio_person SET opted_out = false, unsubscribed_at = NULL, unsubscribed_by = NULL, address_state = NULL,
            address_state_at = NULL`,
  );
}

/**
 * In another workspace nobody is known by what we have learnt in the one before. The rows are locked in one order, as by whoever decides.
 */
export async function forgetWorkspace(tx: Tx) {
  await tx.query("SELECT FROM customerio_person ORDER BY id FOR UPDATE");
  await tx.query(
    `UPDATE customerio_person SET cio_id = NULL, attributes = '{}', is_called_by_cio_id = false, opt_out = NULL`,
  );
  await tx.query("UPDATE customerio_deal SET object = NULL WHERE object IS NOT NULL");
  await tx.query(
    `UPDATE customerio_write SET state = 'dropped', operation = '{}', ended_at = app_now(),
            reason = 'The account speaks to another workspace now.'
      WHERE state IN ('due', 'stuck')`,
  );
  await tx.query("DELETE FROM customerio_source");
  await tx.query("UPDATE deals_sent SET state = 'cancelled', ended_at = app_now() WHERE ended_at IS NULL");
}
