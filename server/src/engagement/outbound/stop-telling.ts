import type { Tx } from "../../database/tenancy.ts";

/** What is not sent by now is sent to nobody; whoever was to be told of it is told anew once deals are told again. */
export async function stopTelling(tx: Tx) {
  const [dropped]: [{ person_id: number | null; lead_id: number }[]] = await tx.query(
    `UPDATE customerio_write SET state = 'dropped', reason = NULL, operation = '{}', ended_at = app_now()
      WHERE state = 'due' RETURNING person_id, lead_id`,
  );
  const personIds = dropped.flatMap(({ person_id }) => person_id ?? []);
  await tx.query("SELECT FROM customerio_person WHERE id = ANY($1) ORDER BY id FOR UPDATE", [personIds]);
  await tx.query("UPDATE customerio_person SET attributes = '{}' WHERE id = ANY($1)", [personIds]);
  await tx.query("UPDATE customerio_deal SET object = NULL WHERE lead_id = ANY($1) AND object IS NOT NULL", [
    dropped.map(({ lead_id }) => lead_id),
  ]);
}
