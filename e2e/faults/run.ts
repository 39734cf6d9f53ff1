import { parseArgs } from "node:util";
import { withoutDashes } from "../arguments.ts";
import { run } from "../checks/step.ts";

// `pnpm faults [--long] [killed …]`: the cases, two files at once; names choose among the files.
const { values, positionals } = parseArgs({
  args: withoutDashes(process.argv.slice(2)),
  options: { long: { type: "boolean", default: false } },
  allowPositionals: true,
});

process.env.FAULTS = values.long ? "long" : "all";
const files = positionals.map((name) => `e2e/faults/${name}`);
// Most of a case is waiting, so two share a machine; more would meet each other's load rather than the fault.
const args = ["run", "--project", "faults", "--maxWorkers=2", "--reporter=verbose", ...files];
const { ok, seconds } = await run({ name: "faults", command: "vitest", args }, { aloud: true });
console.log(`${seconds} s`);
process.exit(ok ? 0 : 1);
