import { parseArgs } from "node:util";
import { withoutDashes } from "../arguments.ts";
import { run } from "../checks/step.ts";

// `pnpm faults [--long] [killed …]`: the cases, one file after the other; names choose among the files.
const { values, positionals } = parseArgs({
  args: withoutDashes(process.argv.slice(2)),
  options: { long: { type: "boolean", default: false } },
  allowPositionals: true,
});

process.env.FAULTS = values.long ? "long" : "all";
const files = positionals.map((name) => `e2e/faults/${name}`);
// A fault is about the order of things, so the machine is not shared with another one.
const args = ["run", "--project", "faults", "--no-file-parallelism", "--reporter=verbose", ...files];
const { ok, seconds } = await run({ name: "faults", command: "vitest", args }, { aloud: true });
console.log(`${seconds} s`);
process.exit(ok ? 0 : 1);
