import { expect, test } from "vitest";
import { readFlags } from "./flags.ts";

test("without flags three dozen leads come in on the usual ports", () => {
  expect(readFlags([])).toEqual({
    ...{ leads: 36, exit: false, json: undefined },
    ...{ port: 3000, sandboxPort: 4010, openaiPort: 4020, mailPort: 4030 },
  });
});

test("flags take their values with a blank or an equals sign", () => {
  expect(readFlags(["--leads", "12", "--exit", "--json=out.json", "--sandbox-port=0"])).toMatchObject({
    ...{ leads: 12, exit: true, json: "out.json", sandboxPort: 0 },
  });
});

test("--help asks for help, whatever else is said", () => {
  expect(readFlags(["--leads", "many", "--help"])).toBe("help");
});

test("the -- that some package managers want before flags says nothing itself", () => {
  expect(readFlags(["--", "--help"])).toBe("help");
  expect(readFlags(["--", "--leads", "12"])).toMatchObject({ leads: 12 });
  expect(() => readFlags(["--", "now"])).toThrow(/^Unexpected argument 'now'/);
});

test.each([
  [["--lead", "3"], /^Unknown option '--lead'/],
  [["now"], /^Unexpected argument 'now'/],
  [["--leads", "0"], /^--leads must be a whole number from 1 to 100000, not "0"\./],
  [["--leads", "1e3"], /^--leads must be a whole number/],
  [["--port", "70000"], /^--port must be a whole number from 0 to 65535/],
  [["--json"], /^Option '--json <value>' argument missing/],
])("%j is refused in a sentence, followed by the usage", (args, sentence) => {
  expect(() => readFlags(args)).toThrow(sentence);
  expect(() => readFlags(args)).toThrow("npx -y pnpm@10.34.9 demo [flags]");
});
