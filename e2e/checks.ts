import { runBrowserTests } from "./checks/browser.ts";
import { type Failure, retell } from "./checks/outcome.ts";
import { secondTry } from "./checks/second-try.ts";
import { type Ended, endAll, run, type Step } from "./checks/step.ts";
import { runTests } from "./checks/tests.ts";

/** `pnpm test`: everything that proves the project. A step that fails keeps none of the others from being run. */

/** The others read what this one builds. */
const build: Step = { name: "types: build", command: "tsc", args: ["-b"] };

const checks: Step[] = [
  { name: "types: e2e", command: "tsc", args: ["-p", "e2e"] },
  { name: "types: page", command: "tsc", args: ["-p", "e2e/sandbox/page/browser"] },
  { name: "types: tests", command: "tsc", args: ["-p", "tsconfig.check.json"] },
  { name: "types: widget", command: "tsc", args: ["-p", "widget"] },
  { name: "lint", command: "biome", args: ["check", "--error-on-warnings", "."] },
  {
    name: "import arrows",
    command: "depcruise",
    args: ["--config", ".dependency-cruiser.mjs", "server/src", "server/test", "shared/src", "widget", "e2e"],
  },
  { name: "dead code", command: "knip", args: ["--no-progress"] },
];

let passed = 0;
const failures: Failure[] = [];
const shaky: Failure[] = [];

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endAll();
    process.exit(1);
  });
}

tell(build, await run(build));

// Each keeps one core busy for a second or two, so they run side by side; they are told in their order.
const running = checks.map((check) => ({ check, ending: run(check) }));
for (const { check, ending } of running) tell(check, await ending);

// One after the other: both would like to have the machine for themselves.
for (const [name, runAll] of [
  ["tests", runTests],
  ["browser", runBrowserTests],
] as const) {
  const tests = await secondTry(runAll);
  passed += tests.passed;
  failures.push(...tests.failures);
  shaky.push(...tests.shaky);
  console.log(line(tests.failures.length === 0, name, tests.seconds));
}

for (const failure of shaky) console.log(retell(failure, "⚠ failed beside the others and passed alone:"));
for (const failure of failures) console.log(retell(failure));
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);

function tell(check: Step, { ok, seconds, output }: Ended) {
  console.log(line(ok, check.name, seconds));
  if (ok) passed++;
  else {
    console.log(output);
    failures.push({ file: null, name: check.name, said: output });
  }
}

function line(ok: boolean, name: string, seconds: string): string {
  return `${ok ? "✓" : "✗"} ${name.padEnd(16)} ${seconds} s`;
}
