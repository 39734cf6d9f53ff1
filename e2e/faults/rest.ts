import { leftToDo } from "../stage/progress.ts";
import type { Stage } from "../stage/stage.ts";

/**
 * Resolves when nothing is left to do. Half a minute is waited before it is looked for what may have been made by a request whose
 * answer never came, and the stand-in shows at once what it has made: so that time is passed over.
 */
export async function untilAtRest(stage: Stage, withinMs = 90_000): Promise<void> {
  let open: { what: string; n: number }[] = [];
  const isAtRest = async () => {
    await passTime(stage);
    if (!(await stage.control<{ idle: boolean }>("hooks/idle")).idle) return false;
    open = await leftToDo(stage);
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
