import { expect, test } from "vitest";
import type { Failure, Outcome } from "./outcome.ts";
import { secondTry } from "./second-try.ts";

const failure = (file: string | null, name = "a test"): Failure => ({ file, name, said: "no" });
const run = (passed: number, ...failures: Failure[]): Outcome => ({ passed, failures, seconds: "1" });

/** Answers with these outcomes one after the other, and keeps what it was asked for. */
function runner(...outcomes: Outcome[]) {
  const asked: (readonly string[] | undefined)[] = [];
  const runAll = async (files?: readonly string[]) => {
    asked.push(files);
    return outcomes.shift()!;
  };
  return { asked, runAll };
}

test("what passes alone is no failure, and is told", async () => {
  const { asked, runAll } = runner(run(9, failure("a.test.ts")), run(4));
  expect(await secondTry(runAll)).toMatchObject({ passed: 10, failures: [], shaky: [failure("a.test.ts")] });
  expect(asked).toEqual([undefined, ["a.test.ts"]]);
});

test("what fails alone, too, has failed", async () => {
  const { runAll } = runner(
    run(8, failure("a.test.ts"), failure("a.test.ts", "another")),
    run(3, failure("a.test.ts")),
  );
  const { passed, failures, shaky } = await secondTry(runAll);
  expect([passed, failures, shaky]).toEqual([9, [failure("a.test.ts")], [failure("a.test.ts", "another")]]);
});

test.each([
  ["something outside of tests", [failure(null)]],
  ["many files", ["a", "b", "c", "d"].map((file) => failure(file))],
])("%s is not tried again", async (_, failures) => {
  const { asked, runAll } = runner(run(5, ...failures));
  expect((await secondTry(runAll)).failures).toEqual(failures);
  expect(asked).toHaveLength(1);
});
