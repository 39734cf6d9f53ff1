import type { Priority } from "./priority.ts";

/** A gate and a waiting person are written beside the others and not behind them: a batch may wait long for Kommo's limit. */
export const lanes = ["urgent", "ordinary"] as const;

export type Lane = (typeof lanes)[number];

/** With which priority the calls of a lane wait for Kommo's limit. */
export const priorityOf: Record<Lane, Priority> = { urgent: "interactive", ordinary: "qualification" };
