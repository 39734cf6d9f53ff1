import type { Tx } from "../../../database/tenancy.ts";
import { CUSTOMERIO_SEND } from "../../kinds.ts";

/** What is on its way may take so long to show in the workspace. */
const SHOWS_WITHIN = "1 minute";

/**
 * Whether nothing of this person is on its way to Customer.io, so that nobody there can know him by what is not sent yet. Then
 * no batch is begun until the transaction ends. The person is locked before.
 */
export async function isQuiet(tx: Tx, accountId: number, personId: number): Promise<boolean> {
  const sending: { isLeased: boolean }[] = await tx.query(
    `SELECT coalesce(leased_until > app_now(), false) AS "isLeased" FROM work WHERE kind = $1 AND subject = $2
        FOR UPDATE SKIP LOCKED`,
    [CUSTOMERIO_SEND, accountId],
  );
  const [{ isAsked, isSent }] = await tx.query(
    `SELECT EXISTS (SELECT FROM work WHERE kind = $1 AND subject = $2) AS "isAsked",
            EXISTS (SELECT FROM customerio_write
                     WHERE person_id = $3 AND state = 'sent' AND ended_at > app_now() - interval '${SHOWS_WITHIN}') AS "isSent"`,
    [CUSTOMERIO_SEND, accountId, personId],
  );
  return !isSent && (isAsked ? sending.some(({ isLeased }) => !isLeased) : true);
}

/** What waits to be told of somebody, or of deals as related to him, is told of him by his new address. */
export async function readdressWaiting(tx: Tx, personId: number, from: string, to: string) {
  await tx.query(
    `UPDATE customerio_write
        SET operation = replace(operation::text, '"identifiers": ' || $2::jsonb::text, '"identifiers": ' || $3::jsonb::text)::jsonb
      WHERE state = 'due'
        AND (person_id = $1 OR operation->'cio_relationships' @> jsonb_build_array(jsonb_build_object('identifiers', $2::jsonb)))`,
    [personId, JSON.stringify({ email: from }), JSON.stringify({ email: to })],
  );
}
