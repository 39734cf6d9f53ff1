import type { Tx } from "../database/tenancy.ts";
import type { Priority } from "../queue/priority.ts";

/** A claimed row of work: one thing to do about one subject (a lead, usually). */
export interface WorkItem {
  id: number;
  accountId: number;
  kind: string;
  subject: number;
  priority: number;
  detail: Record<string, unknown>;
  generation: number;
  /** Failures of this row itself. */
  attempts: number;
  /** How often in a row it has waited for `waitsOn`, which was away; another thing being away starts anew. */
  waits: number;
  waitsOn: string | null;
  firstEventAt: Date;
  /** What it was begun by. */
  traceId: string;
}

export type Again =
  /** This row failed. */
  | { afterMs: number; counts: "attempt"; why: string }
  /** Something outside was away: named in a word, so that one outage does not use up the patience with another. */
  | { afterMs: number; counts: "wait"; on: string; why: string }
  /** It goes well, and goes on. */
  | { afterMs: number; counts: "nothing"; why: string };

/**
 * What a run has decided. `keep` writes it down, in the transaction that also ends or postpones the row; what it finds there
 * may still change when to come back.
 */
export interface Decision {
  keep?: (tx: Tx) => Promise<void>;
  /** Stay open and come back. */
  again?: Again;
}

/** How one kind of work is done. `run` reads and decides outside any transaction. */
export interface WorkKind {
  kind: string;
  /** It comes back for ever, and each run begins something of its own. */
  recurs?: true;
  run(item: WorkItem): Promise<Decision>;
  /** Told in the transaction that gives a row up, after its third failure. */
  onDead?(tx: Tx, item: WorkItem, error: Error): Promise<void>;
}

/** What is asked of the future: one row per account, kind and subject, however often it is asked. */
export interface WorkRequest {
  kind: string;
  subject: number;
  priority: Priority;
  detail?: Record<string, unknown>;
}

export interface Timing {
  /** Wait this long after the last request, so that a card can fill. */
  settleMs: number;
  /** But never longer than this after the first. */
  atMostMs: number;
  /** Whether a row that waits for something away tries again at once: for a person's word, not for news of a lead. */
  hastens: boolean;
}

export const rightAway: Timing = { settleMs: 0, atMostMs: 0, hastens: true };

/** How often in a row the work has waited for this. */
export function waitsFor(item: WorkItem, on: string): number {
  return item.waitsOn === on ? item.waits : 0;
}
