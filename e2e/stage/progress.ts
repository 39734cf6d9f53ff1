import type { Stage } from "./stage.ts";

/** How many leads this measure has had written back: what was there before it has ids below zero. */
export async function writtenLeads(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ n: number }>(
    "SELECT count(DISTINCT lead_id)::int AS n FROM write WHERE state = 'sent' AND id > 0",
  );
  return row?.n ?? 0;
}

/** How many leads have a verdict. */
export async function judged(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ n: number }>("SELECT count(DISTINCT lead_id)::int AS n FROM verdict");
  return row?.n ?? 0;
}

/** What is still to be done: all of these are 0 when a deployment is at rest. Work that comes back by itself, such as scans, lies ahead. */
const OPEN = `
  SELECT 'deliveries to unpack' AS what, count(*)::int AS n FROM delivery WHERE state = 'new'
  UNION ALL SELECT 'work that is due or being done', count(*) FROM work
             WHERE state = 'open' AND kind <> 'scan' AND (due_at <= app_now() + interval '10 seconds' OR leased_until > app_now() OR kind = 'qualify')
  UNION ALL SELECT 'writes for Kommo', count(*) FROM write WHERE state = 'due'
  UNION ALL SELECT 'writes for Customer.io', count(*) FROM customerio_write WHERE state = 'due'`;

/** How many of each sort are left; nothing when everything is done. */
export async function leftToDo(stage: Stage): Promise<{ what: string; n: number }[]> {
  return (await stage.sql<{ what: string; n: number }>(OPEN)).filter(({ n }) => n > 0);
}

/** For a stage of which nothing has to be looked for that may have been made without an answer. */
export async function isDone(stage: Stage): Promise<boolean> {
  return (await leftToDo(stage)).length === 0;
}
