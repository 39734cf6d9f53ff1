import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { letThemCome } from "./arrivals.ts";
import { type Calls, type Figures, figuresOf } from "./figures.ts";
import type { Flags } from "./flags.ts";
import { open } from "./opening.ts";
import type { Records } from "./records.ts";
import { summaryLines } from "./report.ts";
import type { Stage } from "./stage.ts";
import { VerdictTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";
import { inquiries } from "./variations.ts";
import { stayOpen } from "./visit.ts";
import { Watch } from "./watch.ts";

const LOOK_EVERY_MS = 200;
/** A handful comes at a pace at which one can look on; thousands come as fast as webhooks of a busy account do. */
const PACE = { eachMs: 350, allWithinMs: 20_000, eachAtLeastMs: 20 };
/** A table of thousands of rows would be read by nobody: of more than these, every 50th is shown. */
const ROWS_SHOWN = 100;
const FAULTS_SHOWN = 10;

export interface Performance {
  isVerified: boolean;
  stayOpen(): Promise<never>;
}

/** The whole demo up to its summary. */
export async function perform(stage: Stage, flags: Flags, terminal: Terminal): Promise<Performance> {
  const { account, records } = await open(stage, terminal);
  const callsBefore = callsOf(stage, account);
  const watch = new Watch(stage.kommo.control, account, records);
  await showLeads(watch, stage, account, flags.leads, terminal);

  terminal.progress("reading every lead from Kommo once more ...");
  await quiet(stage, records);
  const faults = await watch.verify();
  const figures = await gather(watch, stage, account, records, { callsBefore, faults: faults.length });
  for (const line of summaryLines(figures, !stage.hasStandIn)) terminal.line(line);
  for (const fault of faults.slice(0, FAULTS_SHOWN)) terminal.line(paint("red", `    ${fault}`));
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(figures, null, 2)}\n`);
  return { isVerified: faults.length === 0, stayOpen: () => stayOpen(watch, stage, terminal) };
}

async function showLeads(watch: Watch, stage: Stage, account: number, count: number, terminal: Terminal) {
  const table = new VerdictTable(terminal.width);
  terminal.line();
  for (const line of table.head()) terminal.line(line);

  const overMs = Math.max(Math.min(count * PACE.eachMs, PACE.allWithinMs), count * PACE.eachAtLeastMs);
  const every = count > ROWS_SHOWN ? 50 : 1;
  let rows = 0;
  const show = async () => {
    while (watch.done < count) {
      for (const finding of await watch.look()) if (++rows % every === 0) terminal.line(table.row(finding));
      terminal.progress(
        `${bar(watch.done / count)}  ${watch.arrived} of ${count} have come in, ${watch.done} are qualified`,
      );
      await sleep(LOOK_EVERY_MS);
    }
  };
  const coming = letThemCome(stage.kommo.control, account, inquiries(count), overMs, (one) => watch.expect(one));
  await Promise.all([coming, show()]);
  terminal.progress("");
}

/** The echoes of our last writes are still on their way when the last lead is done. */
async function quiet(stage: Stage, records: Records) {
  while (!(await stage.kommo.control.hooks.idle()).idle || (await records.deliveries()).new) await sleep(LOOK_EVERY_MS);
}

async function gather(
  watch: Watch,
  stage: Stage,
  account: number,
  records: Records,
  { callsBefore, faults }: { callsBefore: Calls; faults: number },
): Promise<Figures> {
  const patches = stage.kommo.control.ledger.entries({ account, method: "PATCH", route: "/api/v4/leads", status: 200 });
  return figuresOf({
    leads: watch.arrived,
    verified: watch.arrived - faults,
    settleMs: await records.settleMs(),
    findings: [...watch.findings.values()],
    callsBefore,
    callsAfter: callsOf(stage, account),
    leadsWritten: patches.reduce((sum, { body }) => sum + (Array.isArray(body) ? body.length : 1), 0),
    verdicts: await records.verdictCount(),
    deliveries: await records.deliveries(),
    model: await records.modelUse(),
  });
}

function callsOf(stage: Stage, account: number): Calls {
  return structuredClone(stage.kommo.control.ledger.summary({ account }).requests.routes);
}

function bar(share: number): string {
  const filled = Math.round(share * 20);
  return paint("green", "━".repeat(filled)) + paint("gray", "━".repeat(20 - filled));
}
