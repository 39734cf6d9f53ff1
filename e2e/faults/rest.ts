import type { Stage } from "../stage/stage.ts";

/** What is still to be done: all of these are 0 when a deployment is at rest. Work that comes back by itself, such as scans, lies ahead. */
const OPEN = `
  SELECT 'deliveries to unpack' AS what, count(*)::int AS n FROM delivery WHERE state = 'new'
  UNION ALL SELECT 'work that is due or being done', count(*) FROM work
             WHERE state = 'open' AND kind <> 'scan' AND (due_at <= app_now() + interval '10 seconds' OR leased_until > app_now() OR kind = 'qualify')
  UNION ALL SELECT 'writes for Kommo', count(*) FROM write WHERE state = 'due'
  UNION ALL SELECT 'writes for Customer.io', count(*) FROM customerio_write WHERE state = 'due'`;

/**
 * Resolves when nothing is left to do. Half a minute is waited before it is looked for what may have been made by a request whose
 * answer never came, and the stand-in shows at once what it has made: so that time is passed over.
 */
export async function untilAtRest(stage: Stage, withinMs = 90_000): Promise<void> {
  const opened = async () => (await stage.sql<{ what: string; n: number }>(OPEN)).filter(({ n }) => n > 0);
  let open: Awaited<ReturnType<typeof opened>> = [];
  const isAtRest = async () => {
    await passTime(stage);
    if (!(await stage.control<{ idle: boolean }>("hooks/idle")).idle) return false;
    open = await opened();
    return open.length === 0;
  };
  await stage.until("everything is done", isAtRest, withinMs, 200).catch((error: Error) => {
    throw new Error(`${error.message} Still there: ${open.map(({ what, n }) => `${n} ${what}`).join(", ")}.`);
  });
}

async function passTime(stage: Stage) {
  await stage.sql(
    `UPDATE write SET due_at = app_now(), outcome_unknown_since = outcome_unknown_since - interval '41 seconds'
      WHERE state = 'due' AND lease_token IS NULL AND outcome_unknown_since IS NOT NULL AND due_at > app_now()`,
  );
}
