import type { BurstFigures } from "./burst.ts";
import type { CardFigures } from "./card.ts";
import type { CardPaintFigures } from "./card-paint.ts";
import type { AckFigures, CapacityFigures } from "./door.ts";
import type { EngagementFigures } from "./engagement.ts";
import type { FairnessFigures } from "./fairness.ts";
import type { FilledFigures } from "./filled.ts";
import type { GateFigures } from "./gate.ts";
import type { IntakeFigures } from "./intake.ts";
import type { KillFigures } from "./kill.ts";
import * as load from "./load-report.ts";
import type { ManyAccountsFigures } from "./many-accounts.ts";
import type { OneLeadFigures, TripleFigures } from "./one-lead.ts";
import type { ReportFigures } from "./reports.ts";
import type { RetentionFigures } from "./retention.ts";
import type { ScaleFigures } from "./scale.ts";
import type { SoakFigures } from "./soak.ts";
import type { FileFigures } from "./widget-files.ts";

/** What has been measured; a measure that was not asked for is missing. */
export interface Results {
  ack?: AckFigures;
  capacity?: CapacityFigures;
  burst?: BurstFigures;
  oneLead?: OneLeadFigures;
  triple?: TripleFigures;
  kill?: KillFigures;
  card?: CardFigures;
  reports?: ReportFigures;
  cardPaint?: CardPaintFigures;
  files?: FileFigures;
  fairByAccount?: FairnessFigures;
  fairByAddress?: FairnessFigures;
  gate?: GateFigures;
  intake?: IntakeFigures;
  engagement?: EngagementFigures;
  manyAccounts?: ManyAccountsFigures;
  scale?: ScaleFigures;
  filled?: FilledFigures;
  retention?: RetentionFigures;
  soak?: SoakFigures;
}

/** The figures as a table in Markdown, beside their targets. */
export function table(results: Results): string {
  return [
    "| what | measured | target |",
    "| --- | --- | --- |",
    ...rowsOf(results).map(
      ([what, measured, target, isMet]) =>
        `| ${what} | ${measured} | ${target}${isMet === false ? " **missed**" : ""} |`,
    ),
  ].join("\n");
}

/** What each target is missed by, in the words of the table. */
export function misses(results: Results): string[] {
  return rowsOf(results).flatMap(([what, measured, target, isMet]) =>
    isMet === false ? [`${what}: ${measured} (target: ${target})`] : [],
  );
}

function rowsOf(results: Results): load.Row[] {
  return [
    ...door(results),
    ...burst(results),
    ...oneLead(results),
    ...triple(results),
    ...kill(results),
    ...card(results),
    ...reports(results),
    ...fairness(results),
    ...gate(results),
    ...intake(results),
    ...engagement(results),
    ...widget(results),
    ...load.manyAccounts(results.manyAccounts),
    ...load.scale(results.scale),
    ...load.filled(results.filled),
    ...load.retention(results.retention),
    ...load.soak(results.soak),
  ];
}

function door({ ack, capacity }: Results): load.Row[] {
  const rows: load.Row[] = [];
  if (ack) {
    const measured = `p50 ${ack.p50} ms, p99 ${ack.p99} ms, worst ${ack.worst} ms, ${ack.lost} of ${ack.sent} lost, ${ack.refused} refused`;
    rows.push([
      "webhook acknowledged durably, 200/s for 60 s",
      measured,
      "p99 ≤ 25 ms, none lost, none over 2 s",
      ack.p99 <= 25 && ack.lost === 0 && ack.refused === 0 && ack.worst <= 2_000,
    ]);
  }
  if (capacity) {
    const measured = `${capacity.perSecond}/s against ${capacity.referencePerSecond}/s: ${capacity.ratio}×`;
    rows.push([
      "highest rate with p99 ≤ 100 ms, against a bare `node:http` door",
      measured,
      "≥ 1×",
      capacity.ratio >= 1,
    ]);
  }
  return rows;
}

function burst({ burst: b }: Results): load.Row[] {
  if (!b) return [];
  return [
    [
      `burst of ${b.leads} leads in 10 s: all written back after the last webhook`,
      `${b.secondsAfterLastWebhook} s, ${b.lost} lost, ${b.rateLimited} times over Kommo's limit; a careful queue of 3 calls a lead needs 884 s`,
      "≤ 30 s, none",
      b.secondsAfterLastWebhook <= 30 && b.lost === 0 && b.rateLimited === 0,
    ],
    [
      "Kommo calls and model calls a lead in the burst",
      `${b.kommoCallsPerLead} and ${b.modelCallsPerLead}`,
      "≤ 0.1 and 1",
      b.kommoCallsPerLead <= 0.1 && b.modelCallsPerLead <= 1,
    ],
    [
      "memory of the server (PSS), idle and in the burst",
      `${b.idleMiB} and ${b.peakMiB} MiB`,
      "≤ 150 and 350 MiB",
      b.idleMiB <= 150 && b.peakMiB <= 350,
    ],
  ];
}

function oneLead({ oneLead: o }: Results): load.Row[] {
  if (!o) return [];
  return [
    [
      "one lead on an idle system, our part",
      `median ${o.medianMs} ms, worst ${o.worstMs} ms`,
      "≤ 100 ms",
      o.worstMs <= 100,
    ],
    ["start to first accepted webhook", `${o.startToFirstAcceptedMs} ms`, "≤ 3 s", o.startToFirstAcceptedMs <= 3_000],
    [
      "input tokens of a short lead, of which from the cache",
      `${o.tokens}, ${o.cachedTokens}`,
      "≤ 1 400, ≥ 1 024",
      o.tokens <= 1_400 && o.cachedTokens >= 1_024,
    ],
  ];
}

function triple({ triple: t }: Results): load.Row[] {
  if (!t) return [];
  const what = "each webhook three times, the third after the verdict";
  return [[what, `${t.modelCalls} model calls for ${t.leads} leads`, "1 a lead", t.modelCalls === t.leads]];
}

function kill({ kill: k }: Results): load.Row[] {
  if (!k) return [];
  return [
    [
      "worker killed -9 in a burst: all of its leads go on",
      `${k.held} leads after ${k.secondsUntilAllGoOn} s, written back after ${k.secondsUntilAllWritten} s; ${k.boughtTwice} kept answers bought twice`,
      "≤ 10 s, 0",
      k.secondsUntilAllGoOn <= 10 && k.boughtTwice === 0,
    ],
  ];
}

function card({ card: c }: Results): load.Row[] {
  if (!c) return [];
  const measured = `p50 ${c.p50} ms, p95 ${c.p95} ms, worst ${c.worst} ms, ${c.refused} refused, ${c.kommoCalls} Kommo calls`;
  return [
    [
      `deal card, 100 a second, ${c.leads.toLocaleString("en")} leads in the database`,
      measured,
      "p95 ≤ 30 ms, no Kommo call",
      c.p95 <= 30 && c.kommoCalls === 0 && c.refused === 0,
    ],
  ];
}

function reports({ reports: r }: Results): load.Row[] {
  if (!r) return [];
  const slowest = (times: Record<string, number>, unit = "ms") => {
    const [path, time] = Object.entries(times).reduce((a, b) => (b[1] > a[1] ? b : a));
    return `${time} ${unit} (${path.split("&")[0]})`;
  };
  const { rows, mb, seconds, tenthGrewMiB, grewMiB, othersSeconds } = r.export;
  const of = `${r.deals.toLocaleString("en")} deals`;
  return [
    [
      `slowest report, ${of}; of a rep who sees a group`,
      `${slowest(r.worstMs)}; ${slowest(r.repsWorstMs)}`,
      "≤ 1 s",
      Math.max(...Object.values(r.worstMs), ...Object.values(r.repsWorstMs)) <= 1_000,
    ],
    [
      `export of ${of}`,
      `${rows.toLocaleString("en")} lines, ${mb} MB in ${seconds} s, memory grew by ${grewMiB} MiB (by ${tenthGrewMiB} for a tenth); slowest of what belongs to them ${slowest(othersSeconds, "s")}`,
      "≤ 50 MiB",
      grewMiB <= 50,
    ],
  ];
}

function fairness({ fairByAccount, fairByAddress }: Results): load.Row[] {
  return [fairByAccount, fairByAddress].flatMap((f): load.Row[] => {
    if (!f) return [];
    const measured = `slowest ${f.secondsForTheSmall} s, mean ${f.meanSeconds} s, ${f.blocked} refused`;
    const target = f.counting === "account" ? "≤ 30 s" : "no block, slowest ≤ 2 × mean";
    return [
      [
        `10 000 leads queued in one account, 49 accounts with one each; Kommo counts by ${f.counting}`,
        measured,
        target,
        f.counting === "account"
          ? f.secondsForTheSmall <= 30
          : f.blocked === 0 && f.secondsForTheSmall <= 2 * f.meanSeconds,
      ],
    ];
  });
}

function gate({ gate: g }: Results): load.Row[] {
  if (!g) return [];
  const what = `deal moved where it may not be, until it is back, during a backfill of ${g.backfilled.toLocaleString("en")} leads; Kommo's time taken away`;
  const measured = `p50 ${g.p50} ms, p95 ${g.p95} ms, worst of ${g.moves} ${g.worst} ms; ${g.left} leads still waited`;
  return [[what, measured, "p95 ≤ 3 s", g.p95 <= 3_000]];
}

function intake({ intake: i }: Results): load.Row[] {
  if (!i) return [];
  const what = `form answered, 20 a second, during a backfill of ${i.backfilled.toLocaleString("en")} leads; beside it a bare \`node:http\` door`;
  const measured = `p50 ${i.p50} ms, p95 ${i.p95} ms, p99 ${i.p99} ms, worst ${i.worst} ms, ${i.refused} of ${i.sent} refused; p95 of the door ${i.reference.p95} ms: ${i.ratio}×; ${i.left} leads still waited`;
  return [[what, measured, "p99 ≤ 300 ms, none refused", i.p99 <= 300 && i.refused === 0]];
}

function engagement({ engagement: e }: Results): load.Row[] {
  if (!e) return [];
  const of = `${e.recipients.toLocaleString("en")} readers`;
  return [
    [
      `reporting webhook acknowledged durably, 500/s for 10 s; beside it a bare Fastify server that stores nothing`,
      `p50 ${e.ack.p50} ms, p99 ${e.ack.p99} ms, worst ${e.ack.worst} ms, ${e.lost} lost, ${e.ack.refused} refused; p99 of the server ${e.reference.p99} ms: ${e.ratio}×`,
      "≥ 500/s, p99 ≤ 100 ms, none lost",
      e.ack.p99 <= 100 && e.lost === 0 && e.ack.refused === 0,
    ],
    [
      `what becomes of a newsletter to ${of}, told at ${e.newsletter.perSecond}/s`,
      `p99 ${e.newsletter.p99} ms; all read ${e.secondsUntilRead} s later; ${e.kommoCalls} Kommo calls, ${e.rateLimited} over its limit`,
      "p99 ≤ 100 ms, none over",
      e.newsletter.p99 <= 100 && e.rateLimited === 0,
    ],
    [
      "meanwhile a deal moved where it may not be is back, and a new lead has its verdict; upstream time taken away",
      `p95 ${e.gate.p95} ms (worst of ${e.gate.count} ${e.gate.worst} ms) and p95 ${e.verdict.p95} ms (worst of ${e.verdict.count} ${e.verdict.worst} ms)`,
      "quick",
    ],
    [
      "deal moved in Kommo until Customer.io has its event, on an idle system",
      `p50 ${e.stageChange.p50} ms, worst of ${e.stageChange.count} ${e.stageChange.worst} ms`,
      "≤ 1 s",
      e.stageChange.worst <= 1_000,
    ],
  ];
}

function widget({ cardPaint: c, files: f }: Results): load.Row[] {
  const rows: load.Row[] = [];
  if (c) {
    const measured = `median ${c.medianMs} ms, worst of ${c.cards} ${c.worstMs} ms; cold start ${c.coldMs} ms`;
    rows.push([
      "card painted after `render`, CPU slowed four times, session held",
      measured,
      "≤ 300 ms",
      c.worstMs <= 300,
    ]);
  }
  if (f) {
    const measured = `card path ${f.cardGzipKb} KB, pages ${f.pagesGzipKb} KB (gzip), archive ${f.archiveKb} KB`;
    const isMet = f.cardGzipKb <= 130 && f.pagesGzipKb <= 150 && f.archiveKb <= 400;
    rows.push(["files of the widget", measured, "≤ 130, 150 and 400 KB", isMet]);
  }
  return rows;
}
