import { relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "vitest";
import { Scene } from "./scene.ts";

export interface FaultOptions {
  /** With so many seeds it is part of `pnpm test`; without it, of `pnpm faults` alone. */
  quick?: number;
  /** With so many in `pnpm faults`. */
  seeds?: number;
  /** Takes so long that it is run with `--long` only. */
  isLong?: boolean;
  withinSeconds?: number;
}

type Selection = "quick" | "all" | "long";

const selection = (process.env.FAULTS ?? "quick") as Selection;

/**
 * A case: what goes wrong and what is true all the same, as a sentence. It is run once for each seed, on a scene of its own; when it
 * fails, it says how the same chances are had again, and what the servers said last.
 */
export function fault(sentence: string, options: FaultOptions, run: (scene: Scene) => Promise<void>) {
  const seeds = seedsOf(options);
  if (seeds.length === 0) return test.skip(sentence);
  const withinMs = (options.withinSeconds ?? 240) * 1000;
  for (const seed of seeds) {
    // Whatever was started has to be stopped, also when it takes too long: so that is found out here, and not by vitest.
    test(`${sentence} · seed ${seed}`, { timeout: withinMs + 30_000 }, async ({ task }) => {
      const scene = new Scene(seed, selection === "quick");
      try {
        await within(withinMs, run(scene));
      } catch (error) {
        const file = relative(import.meta.dirname, task.file.filepath).replace(".fault.ts", "");
        console.error(`${scene.said()}\nTo have the same chances again: FAULTS_SEED=${seed} pnpm faults ${file}`);
        throw error;
      } finally {
        await scene.close();
      }
    });
  }
}

async function within(ms: number, run: Promise<void>): Promise<void> {
  const late = new AbortController();
  const tooLate = sleep(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`It took more than ${ms / 1000} s.`);
  });
  await Promise.race([run, tooLate]).finally(() => {
    late.abort();
    tooLate.catch(() => {});
  });
}

/** In `pnpm test` always the same ones; elsewhere new ones each time, unless one is asked for. */
function seedsOf({ quick = 0, seeds = 1, isLong = false }: FaultOptions): number[] {
  const isLeftOut = selection === "quick" ? quick === 0 : isLong && selection !== "long";
  if (isLeftOut) return [];
  if (process.env.FAULTS_SEED) return [Number(process.env.FAULTS_SEED)];
  const first = selection === "quick" ? 1 : Math.floor(Date.now() / 1000) % 1_000_000;
  return Array.from({ length: selection === "quick" ? quick : seeds }, (_, n) => first + n);
}
