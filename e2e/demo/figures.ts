import type { Verdict } from "@dealscope/shared/qualification";
import type { ModelUse } from "./records.ts";

/** The summary, as `--json` writes it. */
export interface Figures {
  leads: number;
  writtenBack: number;
  verified: number;
  /** From a lead's last change to its verdict in Kommo. */
  timeMs: { median: number; p95: number; settle: number };
  /** After the installation. */
  kommo: { calls: number; perLead: number; reads: number; writes: number; refused: number };
  model: ModelUse & { callsPerLead: number; dollarsPerLead: number };
  webhooks: { received: number; duplicates: number; echoes: number; coalesced: number };
  segments: Record<string, number>;
}

export interface Observed {
  leads: number;
  verified: number;
  settleMs: number;
  findings: readonly { verdict: Verdict; tookMs: number | undefined }[];
  /** Answered requests by `METHOD route`, before and after the leads came. */
  callsBefore: Calls;
  callsAfter: Calls;
  /** How many leads our writes named: each makes Kommo send a webhook. */
  leadsWritten: number;
  verdicts: number;
  /** Webhooks by their state in the server's database. */
  deliveries: Record<string, number>;
  model: ModelUse;
}

export type Calls = Record<string, { requests: number; byStatus: Record<string, number> }>;

export function figuresOf(seen: Observed): Figures {
  const { leads, findings, deliveries, model } = seen;
  const times = findings.flatMap(({ tookMs }) => tookMs ?? []).sort((a, b) => a - b);
  const calls = callsSince(seen.callsBefore, seen.callsAfter);
  const per = (total: number) => (leads === 0 ? 0 : total / leads);
  const heard = (deliveries.done ?? 0) - seen.leadsWritten;
  return {
    leads,
    writtenBack: findings.length,
    verified: seen.verified,
    timeMs: { median: percentile(times, 50), p95: percentile(times, 95), settle: seen.settleMs },
    kommo: { ...calls, perLead: per(calls.calls) },
    model: { ...model, callsPerLead: per(model.calls), dollarsPerLead: per(model.costMicros) / 1_000_000 },
    webhooks: {
      received: Object.values(deliveries).reduce((sum, count) => sum + count, 0),
      duplicates: deliveries.duplicate ?? 0,
      echoes: seen.leadsWritten,
      coalesced: Math.max(0, heard - seen.verdicts),
    },
    segments: histogram(findings.map(({ verdict }) => outcomeOf(verdict))),
  };
}

/** The segment, or why there is none. */
export function outcomeOf(verdict: Verdict): string {
  if (verdict.status === "qualified") return verdict.segment;
  if (verdict.status === "not_enough") return "not enough";
  return verdict.reason === "duplicate" ? "duplicate" : "by hand";
}

/** The smallest value that at least so many percent of the values do not exceed; 0 of none. */
export function percentile(ascending: readonly number[], percent: number): number {
  return ascending[Math.max(0, Math.ceil((percent / 100) * ascending.length) - 1)] ?? 0;
}

function callsSince(before: Calls, after: Calls) {
  let [reads, writes, refused] = [0, 0, 0];
  for (const [route, { requests, byStatus }] of Object.entries(after)) {
    const fresh = requests - (before[route]?.requests ?? 0);
    if (route.startsWith("GET ")) reads += fresh;
    else writes += fresh;
    refused += (byStatus["429"] ?? 0) - (before[route]?.byStatus["429"] ?? 0);
  }
  return { calls: reads + writes, reads, writes, refused };
}

function histogram(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
