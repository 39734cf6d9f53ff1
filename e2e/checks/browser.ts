import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type Counted, type Failure, type Outcome, outcome } from "./outcome.ts";
import { run } from "./step.ts";

const wrong = z.object({ message: z.string().default("") });

const spec = z.object({
  ok: z.boolean(),
  title: z.string(),
  file: z.string(),
  line: z.number(),
  tests: z.array(z.object({ results: z.array(z.object({ errors: z.array(wrong) })) })),
});

/** One file, or what is described together in it. */
const suite = z.object({
  specs: z.array(spec),
  get suites() {
    return z.array(suite).default([]);
  },
});

const report = z.object({
  suites: z.array(suite),
  stats: z.object({ expected: z.number() }),
  errors: z.array(wrong),
});

/** Runs what is tried in a real browser; a person reads along, the outcome comes from a report beside it. */
export async function runBrowserTests(files: readonly string[] = []): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), "dealscope-browser-"));
  const file = join(dir, "report.json");
  process.env.PLAYWRIGHT_JSON_OUTPUT_FILE = file;
  const args = [
    "e2e/node_modules/@playwright/test/cli.js",
    "test",
    "--config",
    "e2e/playwright.config.ts",
    "--reporter=list,json",
    ...files,
  ];
  try {
    const { ok, seconds } = await run({ name: "browser", command: "node", args }, { aloud: true });
    return outcome(ok, seconds, () => read(file));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function read(file: string): Counted {
  const { suites, stats, errors } = report.parse(JSON.parse(readFileSync(file, "utf8")));
  const outside = errors.map(({ message }) => ({ file: null, name: "outside of any test", said: message }));
  return { passed: stats.expected, failures: [...suites.flatMap(failuresOf), ...outside] };
}

function failuresOf({ specs, suites }: z.infer<typeof suite>): Failure[] {
  const failed = specs
    .filter(({ ok }) => !ok)
    .map(({ title, file, line, tests }) => ({
      file: `e2e/tests/${file}`,
      name: `${line} › ${title}`,
      said: tests.flatMap(({ results }) => results.flatMap(({ errors }) => errors.map((e) => e.message))).join("\n"),
    }));
  return [...failed, ...suites.flatMap(failuresOf)];
}
