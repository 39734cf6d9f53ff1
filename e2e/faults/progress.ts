import type { Stage } from "../stage/stage.ts";

/** How many leads have a verdict. */
export async function judged(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ n: number }>("SELECT count(DISTINCT lead_id)::int AS n FROM verdict");
  return row?.n ?? 0;
}
