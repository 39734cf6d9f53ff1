import { spawnSync } from "node:child_process";
import { AuditReport, unexplained } from "./audit/report.ts";

/** `pnpm audit:dependencies`: what the registry knows of our dependencies, without what `audit/explained.ts` explains. */
const pnpm = process.env.npm_execpath;
if (!pnpm) {
  console.error("Run it as `npx -y pnpm@10.34.9 audit:dependencies`.");
  process.exit(2);
}
const { stdout } = spawnSync(process.execPath, [pnpm, "audit", "--json"], { encoding: "utf8" });
const report = AuditReport.safeParse(jsonIn(stdout));
if (!report.success) {
  console.error(`The registry has answered no audit, so nothing was checked: ${stdout.trim().slice(0, 300)}`);
  process.exit(2);
}
const open = unexplained(report.data);
const known = Object.keys(report.data.advisories).length;
console.log(open.length === 0 ? `${known} advisories, all explained.` : open.join("\n"));
process.exit(open.length === 0 ? 0 : 1);

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
