import type { ServerProcess } from "../stage/server-process.ts";
import type { Stage } from "../stage/stage.ts";
import type { PointName } from "./points.ts";
import { GOES_ON, STANDS_STILL } from "./words.ts";

const PRELOAD = new URL("preload.ts", import.meta.url).href;

export interface Fate {
  /** Where it ends; without it nowhere. */
  at?: PointName;
  /** The how manieth time that it comes there. */
  time?: number;
  /** It stands still for so long, instead of ending. */
  blockMs?: number;
  /** Its clock is so much ahead. */
  clockMs?: number;
}

/** Starts a server that will meet its fate; a worker, unless `change` says otherwise. */
export function startFaulty(stage: Stage, fate: Fate, change: Record<string, string> = {}): Promise<ServerProcess> {
  const { at, time = 1, blockMs, clockMs } = fate;
  const told = {
    ...(at && { FAULT_POINT: at, FAULT_AT_TIME: String(time) }),
    ...(blockMs && { FAULT_BLOCK_MS: String(blockMs) }),
    ...(clockMs && { FAULT_CLOCK_MS: String(clockMs) }),
  };
  const name = `faulty ${stage.servers.length + 1}${at ? ` (${at}, ${time})` : ""}`;
  return stage.startServer({ ROLE: "worker", PORT: "0", ...told, ...change }, { name, preload: PRELOAD });
}

/** @throws when it does not come there, as the case proves nothing then; and when it ends in another way */
export async function meetsItsFate(stage: Stage, victim: ServerProcess): Promise<void> {
  await stage.until(`${victim.name} comes to its end`, async () => !victim.isRunning, WITHIN_MS, 20);
  const { signal } = await victim.ended;
  if (signal !== "SIGKILL") throw new Error(`${victim.name} ended by itself: ${victim.said}`);
}

export async function standsStill(stage: Stage, victim: ServerProcess): Promise<void> {
  await stage.until(`${victim.name} stands still`, async () => victim.said.includes(STANDS_STILL), WITHIN_MS, 20);
}

export async function goesOn(stage: Stage, victim: ServerProcess): Promise<void> {
  await stage.until(`${victim.name} goes on`, async () => victim.said.includes(GOES_ON), WITHIN_MS, 20);
}

const WITHIN_MS = 60_000;
