import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { z } from "zod";
import { type Counted, type Failure, type Outcome, outcome } from "./outcome.ts";
import { root, run } from "./step.ts";

const report = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** Runs every vitest project, or no more than these files; what a person reads goes to the terminal, the outcome comes from a report beside it. */
export async function runTests(files: readonly string[] = []): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), "dealscope-checks-"));
  const file = join(dir, "report.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...files];
  try {
    const { ok, seconds } = await run({ name: "tests", command: "vitest", args }, { aloud: true });
    return outcome(ok, seconds, () => read(file));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function read(file: string): Counted {
  const { numPassedTests, testResults } = report.parse(JSON.parse(readFileSync(file, "utf8")));
  const failures = testResults.flatMap(({ name, status, message, assertionResults }): Failure[] => {
    const of = relative(root, name);
    const failed = assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => ({ file: of, name: test.fullName, said: test.failureMessages?.join("\n") ?? "" }));
    // A file that could not even be loaded has no tests that could fail.
    return status === "failed" && failed.length === 0 ? [{ file: null, name: of, said: message }] : failed;
  });
  return { passed: numPassedTests, failures };
}
