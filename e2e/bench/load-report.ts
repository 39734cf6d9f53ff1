import type { FilledFigures } from "./filled.ts";
import type { ManyAccountsFigures } from "./many-accounts.ts";
import type { RetentionFigures } from "./retention.ts";
import type { ScaleFigures, Throughput } from "./scale.ts";
import type { SoakFigures } from "./soak.ts";

/** `isMet` is left out where the measure is too short to tell. */
export type Row = [what: string, measured: string, target: string, isMet?: boolean];

const many = (count: number) => count.toLocaleString("en");

export function manyAccounts(m: ManyAccountsFigures | undefined): Row[] {
  if (!m) return [];
  const what = `${m.accounts} accounts at 200 webhooks/s for ${m.seconds} s, half of them of one; all are worked off`;
  return [
    [
      what,
      `p50 ${m.p50} ms, p99 ${m.p99} ms, worst ${m.worst} ms, ${m.lost} of ${many(m.sent)} lost, ${m.refused} refused; all done ${m.secondsUntilDone} s later`,
      "p99 ≤ 25 ms, none lost",
      m.p99 <= 25 && m.lost === 0 && m.refused === 0,
    ],
    [
      "the same: from stored until read, p95 of each account; memory of the server (PSS), idle and at most",
      `loud ${m.loudMs} ms; others mean ${m.meanMs} ms, slowest ${m.slowestMs} ms; ${m.idleMiB} and ${m.peakMiB} MiB`,
      "slowest ≤ 2 × mean; ≤ 350 MiB",
      m.slowestMs <= 2 * m.meanMs && m.peakMiB <= 350,
    ],
  ];
}

export function scale(s: ScaleFigures | undefined): Row[] {
  if (!s) return [];
  const rates = (all: Throughput[]) =>
    all.map((t) => `${t.webs}+${t.workers}: ${t.perSecond}/s (machine ${Math.round(100 * t.busy)} % busy)`).join(", ");
  const [{ cpuMsPerLead: cpu }] = s.unbound as [Throughput];
  const [one, two] = s.waiting.map(({ perSecond }) => perSecond) as [number, number];
  return [
    [
      `leads a second by web + worker processes, ${s.modelCallsAtOnce} model calls at once in each worker, Kommo's limits taken away`,
      rates(s.waiting),
      "two workers ≥ 1.8 × one",
      two >= 1.8 * one,
    ],
    ["the same with the usual number of calls: the machine is the limit", rates(s.unbound), "no fewer with more"],
    [
      "processor time of a lead: web, worker, PostgreSQL, Redis",
      `${cpu.webs}, ${cpu.workers}, ${cpu.postgres}, ${cpu.redis} ms`,
      "",
    ],
  ];
}

export function filled(f: FilledFigures | undefined): Row[] {
  if (!f) return [];
  const beside = `${many(f.deliveries)} deliveries and ${many(f.leads)} leads (${many(f.mb)} MB)`;
  return f.compared.map(({ what, empty, filled: full, ratio, rounds }) => [
    `beside ${beside}, ${rounds === 1 ? "one round" : `median of ${rounds} rounds`}: ${what}`,
    `${full}, without them ${empty}: ${ratio}×`,
    "≤ 1.2×",
    f.deliveries < 1_000_000 ? undefined : ratio <= 1.2,
  ]);
}

export function retention(r: RetentionFigures | undefined): Row[] {
  if (!r) return [];
  const of = `${many(r.old)} old deliveries beside ${many(r.deliveries)}`;
  return [
    [
      `retention deletes ${of}: webhooks acknowledged, 100/s, before and meanwhile`,
      `p99 ${r.door.before.p99} and ${r.door.meanwhile.p99} ms, worst ${r.door.before.worst} and ${r.door.meanwhile.worst} ms, ${r.door.meanwhile.refused} refused; ${r.seconds} s, ${many(r.perSecond)} rows/s`,
      "p99 ≤ 25 ms, none over 2 s",
      r.door.meanwhile.p99 <= 25 && r.door.meanwhile.worst <= 2_000 && r.door.meanwhile.refused === 0,
    ],
    [
      "the same: deal cards, 50/s, before and meanwhile",
      `p95 ${r.card.before.p95} and ${r.card.meanwhile.p95} ms, worst ${r.card.before.worst} and ${r.card.meanwhile.worst} ms, ${r.card.meanwhile.refused} refused`,
      "p95 ≤ 30 ms",
      r.card.meanwhile.p95 <= 30 && r.card.meanwhile.refused === 0,
    ],
  ];
}

export function soak(s: SoakFigures | undefined): Row[] {
  if (!s) return [];
  const load = `${many(s.webhooks)} webhooks, ${many(s.leads)} leads, ${many(s.cards)} cards in ${s.minutes} minutes`;
  return [
    ...s.processes.map((p): Row => {
      return [
        `${load}: ${p.role}, second third and last third`,
        `${p.mibBefore} and ${p.mibAtEnd} MiB (${p.mibPerHour} MiB an hour), ${p.handlesBefore} and ${p.handlesAtEnd} handles, event loop at most ${p.worstLagMs} ms late (p99)`,
        "≤ 10 MiB an hour over 30 minutes, handles flat",
        s.minutes < 30 ? undefined : p.mibPerHour <= 10 && p.handlesAtEnd <= p.handlesBefore + 1,
      ];
    }),
    [
      "the same: connections of PostgreSQL and Redis, fewest and most; lost; refused",
      `${s.postgres.least} to ${s.postgres.most}, ${s.redis.least} to ${s.redis.most} (${s.redis.keys} keys, ${s.redis.mb} MB); ${s.lost}; ${s.refused}`,
      "flat, 0, 0",
      s.lost === 0 && s.refused === 0,
    ],
  ];
}
