/**
 * Who goes first, everywhere: when work is claimed, in the line for Kommo's limit, and in the flush.
 * Smaller is sooner. A `scan` is Kommo traffic only and never a kind of work.
 */
export const priorities = { interactive: 0, gate: 1, qualification: 2, engagement: 3, backfill: 4, scan: 5 } as const;

export type Priority = keyof typeof priorities;

/** A person is waiting or a deal is held: a share of every limit is kept for these. */
export function isUrgent(priority: number): boolean {
  return priority <= priorities.gate;
}
