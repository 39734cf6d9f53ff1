import type { Tx } from "../../../database/tenancy.ts";
import { putOperations } from "../sending/write-rows.ts";
import { objectGone } from "./object-operations.ts";

/** Deals that are objects of another type than is wanted now, or that are to be none, are deleted there. @returns whether there are any */
export async function deleteOtherObjects(tx: Tx, accountId: number, typeId: string | null): Promise<boolean> {
  const others: { lead_id: number; object: Parameters<typeof objectGone>[0]["before"] }[] = await tx.query(
    `SELECT lead_id, object FROM customerio_deal
      WHERE object IS NOT NULL AND object->>'typeId' IS DISTINCT FROM $1 ORDER BY lead_id FOR UPDATE`,
    [typeId],
  );
  if (others.length === 0) return false;
  const operations = others.flatMap(({ lead_id, object }) =>
    objectGone({ accountId, leadId: lead_id, before: object }),
  );
  await putOperations(tx, accountId, operations);
  await tx.query("UPDATE customerio_deal SET object = NULL WHERE lead_id = ANY($1)", [
    others.map(({ lead_id }) => lead_id),
  ]);
  return true;
}
