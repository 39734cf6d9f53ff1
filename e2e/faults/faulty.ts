import type { ServerProcess } from "../stage/server-process.ts";
import type { Stage } from "../stage/stage.ts";
import type { PointName } from "./points.ts";

const PRELOAD = new URL("preload.ts", import.meta.url).href;

export interface Fate {
  /** Where it happens; without it nothing does. */
  at?: PointName;
  /** The how manieth time that it comes there. */
  time?: number;
  /** It stands still for so long, instead of ending. */
  blockMs?: number;
  /** Its clock is so much ahead. */
  clockMs?: number;
}

/** Starts a worker that will meet its fate. */
export function startFaulty(stage: Stage, fate: Fate, env: Record<string, string> = {}): Promise<ServerProcess> {
  const { at, time = 1, blockMs, clockMs } = fate;
  const told = {
    ...(at && { FAULT_POINT: at, FAULT_AT_TIME: String(time) }),
    ...(blockMs && { FAULT_BLOCK_MS: String(blockMs) }),
    ...(clockMs && { FAULT_CLOCK_MS: String(clockMs) }),
  };
  const name = `faulty ${stage.servers.length + 1}${at ? ` (${at}, ${time})` : ""}`;
  return stage.startServer({ ROLE: "worker", PORT: "0", ...told, ...env }, { name, preload: PRELOAD });
}

/** @throws when it does not come there: then the case proves nothing */
export async function meetsItsFate(stage: Stage, victim: ServerProcess, withinMs = 30_000): Promise<void> {
  await stage.until(`${victim.name} comes to its end`, async () => !victim.isRunning, withinMs, 20);
  const { signal } = await victim.ended;
  if (signal !== "SIGKILL") throw new Error(`${victim.name} ended by itself: ${victim.said}`);
}
