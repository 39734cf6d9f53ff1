import type { Tx } from "../../../database/tenancy.ts";
import { lockPersons } from "../people/person-rows.ts";
import { settleOptOuts } from "./write-rows.ts";

/**
 * What is not sent by now is sent to nobody. Whoever was to be told of it counts as one of whom nothing is told, so that the
 * next decision about him, once deals are told again, tells everything; and that he wants no mail is still to be said.
 */
export async function stopTelling(tx: Tx) {
  const due: { id: number; person_id: number | null; lead_id: number }[] = await tx.query(
    "SELECT id, person_id, lead_id FROM customerio_write WHERE state = 'due'",
  );
  if (due.length === 0) return;
  const ids = due.map(({ id }) => id);
  const persons = await lockPersons(
    tx,
    due.flatMap(({ person_id }) => person_id ?? []),
  );
  await settleOptOuts(tx, ids, "untold");
  await tx.query("UPDATE customerio_person SET attributes = '{}' WHERE id = ANY($1)", [[...persons.keys()]]);
  await tx.query(
    `UPDATE customerio_write SET state = 'dropped', reason = NULL, operation = '{}', ended_at = app_now()
      WHERE id = ANY($1) AND state = 'due'`,
    [ids],
  );
  await tx.query("UPDATE customerio_deal SET object = NULL WHERE lead_id = ANY($1) AND object IS NOT NULL", [
    due.map(({ lead_id }) => lead_id),
  ]);
}
