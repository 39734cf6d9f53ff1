import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { run } from "./step.ts";

const report = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
  errors: z.array(z.unknown()),
});

/** Runs what is tried in a real browser; a person reads along, the counts come from a report beside it. */
export async function runBrowserTests(): Promise<{ passed: number; failed: number; seconds: string }> {
  const dir = mkdtempSync(join(tmpdir(), "dealscope-browser-"));
  const file = join(dir, "report.json");
  process.env.PLAYWRIGHT_JSON_OUTPUT_FILE = file;
  const args = [
    "e2e/node_modules/@playwright/test/cli.js",
    "test",
    "--config",
    "e2e/playwright.config.ts",
    "--reporter=list,json",
  ];
  try {
    const { ok, seconds } = await run({ name: "browser", command: "node", args }, { aloud: true });
    const { passed, failed } = read(file);
    // An error outside of any test fails the run without failing a test.
    return { passed, failed: ok ? failed : Math.max(1, failed), seconds };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function read(file: string): { passed: number; failed: number } {
  try {
    const { stats, errors } = report.parse(JSON.parse(readFileSync(file, "utf8")));
    return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
