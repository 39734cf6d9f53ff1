import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { run } from "./step.ts";

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/** Runs every vitest project; what a person reads goes to the terminal, the counts come from a report beside it. */
export async function runTests(): Promise<{ passed: number; failed: number; seconds: string }> {
  const dir = mkdtempSync(join(tmpdir(), "dealscope-checks-"));
  const file = join(dir, "report.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  try {
    const { ok, seconds } = await run({ name: "tests", command: "vitest", args }, { aloud: true });
    const { passed, failed } = read(file);
    // An error outside of any test fails the run without failing a test.
    return { passed, failed: ok ? failed : Math.max(1, failed), seconds };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function read(file: string): { passed: number; failed: number } {
  try {
    const { numPassedTests, numFailedTests, testResults } = report.parse(JSON.parse(readFileSync(file, "utf8")));
    // A file that could not even be loaded has no tests that could fail.
    const unloaded = testResults.filter((r) => r.status === "failed" && r.assertionResults.length === 0).length;
    return { passed: numPassedTests, failed: numFailedTests + unloaded };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
