import type { Stage } from "../stage/stage.ts";

/** How many leads this measure has had written back: what was there before it has ids below zero. */
export async function writtenLeads(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ n: number }>(
    "SELECT count(DISTINCT lead_id)::int AS n FROM write WHERE state = 'sent' AND id > 0",
  );
  return row?.n ?? 0;
}

/** Webhooks that are not read, leads that are not judged, and what is not written. */
export async function leftToDo(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ n: number }>(
    `SELECT (SELECT count(*) FROM delivery WHERE state = 'new') + (SELECT count(*) FROM write WHERE state = 'due')
          + (SELECT count(*) FROM work WHERE kind = 'qualify' AND state = 'open') AS n`,
  );
  return row?.n ?? 0;
}
