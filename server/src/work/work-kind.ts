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
  attempts: number;
  waits: number;
  firstEventAt: Date;
}

/** What a run has decided. `keep` writes it down, in the transaction that also ends or postpones the row. */
export interface Decision {
  keep?: (tx: Tx) => Promise<void>;
  /** Stay open and come back; `counts` says whether this row failed or something outside was away. */
  again?: { afterMs: number; counts: "attempt" | "wait" | "nothing"; why: string };
}

/** How one kind of work is done. `run` reads and decides outside any transaction. */
export interface WorkKind {
  kind: string;
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
}

export const rightAway: Timing = { settleMs: 0, atMostMs: 0 };
