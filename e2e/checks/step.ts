import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

export const root = join(import.meta.dirname, "..", "..");

/** One command line of the check, named for people. */
export interface Step {
  name: string;
  /** A program in node_modules/.bin. */
  command: string;
  args: string[];
}

export interface Ended {
  ok: boolean;
  seconds: string;
  /** What it said; empty when it spoke straight to the terminal. */
  output: string;
}

const groups = new Set<number>();

/**
 * Runs a step to its end, in a process group of its own: whatever it started and forgot ends with it.
 * `aloud` lets it speak to the terminal at once instead of keeping what it says.
 */
export async function run(step: Step, { aloud = false } = {}): Promise<Ended> {
  const startedAt = performance.now();
  const bin = join(root, "node_modules", ".bin");
  const child = spawn(join(bin, step.command), step.args, {
    cwd: root,
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` },
    stdio: aloud ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    detached: true,
  });
  if (child.pid) groups.add(child.pid);
  const said = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : "")));
  const ok = await new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
  if (child.pid) end(child.pid);
  return { ok, seconds: ((performance.now() - startedAt) / 1000).toFixed(1), output: (await said).join("") };
}

/** Ends everything that is running. */
export function endAll() {
  for (const group of groups) end(group);
}

function end(group: number) {
  groups.delete(group);
  try {
    process.kill(-group, "SIGTERM");
  } catch {
    // Nobody of the group is left, which is how it should be.
  }
}
