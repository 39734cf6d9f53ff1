import type { Failure, Outcome } from "./outcome.ts";

/** With more of them it is not the machine. */
const FILES_AT_MOST = 3;

/**
 * Runs tests; files in which some have failed are run once more, alone. What passes then has met other work on a busy
 * machine rather than a fault: it is told at the end, with what it said, so that nobody overlooks it.
 */
export async function secondTry(
  runAll: (files?: readonly string[]) => Promise<Outcome>,
): Promise<Outcome & { shaky: Failure[] }> {
  const first = await runAll();
  const files = [...new Set(first.failures.map(({ file }) => file))];
  const named = files.filter((file) => file !== null);
  if (files.length === 0 || named.length < files.length || named.length > FILES_AT_MOST) return { ...first, shaky: [] };
  const again = await runAll(named);
  const shaky = first.failures.filter((one) => !again.failures.some((other) => isSame(one, other)));
  return { ...first, passed: first.passed + shaky.length, failures: again.failures, shaky };
}

function isSame(one: Failure, other: Failure): boolean {
  return one.file === other.file && one.name === other.name;
}
