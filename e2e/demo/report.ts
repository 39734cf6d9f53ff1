import type { Figures } from "./figures.ts";
import { OUTCOMES, outcomeCell, seconds, styleOf } from "./table.ts";
import { paint } from "./terminal.ts";

const BAR = 30;
const LABEL = 16;

/** The summary for people: what came of the leads, and what it took. */
export function summaryLines(figures: Figures, askedRealModel: boolean): string[] {
  return ["", ...bars(figures.segments), "", ...costs(figures, askedRealModel), "", verdictLine(figures)];
}

function verdictLine({ leads, writtenBack, verified }: Figures): string {
  const all = `${count(leads, "lead")} came in, ${whole(writtenBack)} written back, ${whole(verified)} verified by reading them from Kommo`;
  return verified === leads && writtenBack === leads ? paint("green", `  ✓ ${all}`) : paint("red", `  ✗ ${all}`);
}

function bars(segments: Record<string, number>): string[] {
  const most = Math.max(1, ...Object.values(segments));
  const known = OUTCOMES.filter((outcome) => segments[outcome]);
  const others = Object.keys(segments).filter((outcome) => !OUTCOMES.includes(outcome));
  return [...known, ...others].map((outcome) => {
    const number = segments[outcome] ?? 0;
    const bar = "█".repeat(Math.max(1, Math.round((number / most) * BAR)));
    return `  ${outcomeCell(outcome, LABEL)}${String(number).padStart(6)}  ${paint(styleOf(outcome), bar)}`;
  });
}

function costs({ timeMs, kommo, model, webhooks, leads }: Figures, askedRealModel: boolean): string[] {
  const { median, p95, settle } = timeMs;
  const share = median === 0 ? 0 : settle / median;
  const each = (tokens: number) => whole(leads === 0 ? 0 : tokens / leads);
  const cached = model.promptTokens === 0 ? 0 : model.cachedTokens / model.promptTokens;
  return [
    row("Time per lead", `median ${seconds(median)}, p95 ${seconds(p95)}`),
    more(`${seconds(settle)} of it (${percent(share)}) is the settle time: a card may still fill`),
    row("Kommo calls", `${decimal(kommo.perLead)} per lead`),
    more(
      `${whole(kommo.calls)} in all: ${whole(kommo.reads)} reads, ${whole(kommo.writes)} writes, ${whole(kommo.refused)} over the limit`,
    ),
    row("Model calls", `${decimal(model.callsPerLead)} per lead, $${model.dollarsPerLead.toFixed(6)} per lead`),
    more(
      `${each(model.promptTokens)} tokens in (${percent(cached)} cached), ${each(model.completionTokens)} out, ` +
        (askedRealModel ? "by OpenAI" : "by the stand-in"),
    ),
    row("Webhooks", `${whole(webhooks.received)} heard`),
    more(
      `${whole(webhooks.duplicates)} duplicates skipped, ${whole(webhooks.echoes)} echoes of ours, ` +
        `${whole(webhooks.coalesced)} events coalesced`,
    ),
  ];
}

const row = (label: string, text: string) => `  ${paint("bold", label.padEnd(LABEL))}${text}`;
const more = (text: string) => paint("gray", `  ${" ".repeat(LABEL)}${text}`);
const percent = (share: number) => `${Math.round(share * 100)} %`;
const decimal = (number: number) => number.toFixed(2);
const whole = (number: number) => Math.round(number).toLocaleString("en").replaceAll(",", " ");
const count = (number: number, thing: string) => `${whole(number)} ${thing}${number === 1 ? "" : "s"}`;
