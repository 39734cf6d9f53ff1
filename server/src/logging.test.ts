import { Logger } from "@nestjs/common";
import { expect, test } from "vitest";
import { PinoLogger } from "./logging.ts";
import { traced } from "./tracing.ts";

function linesOf(say: (log: Logger) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  Logger.overrideLogger(new PinoLogger("info", { write: (line) => void lines.push(JSON.parse(line)) }));
  say(new Logger("door"));
  Logger.overrideLogger(false);
  return lines;
}

test("a line is an object with who says it, what it is about and what began it", () => {
  const [sentence, about, elsewhere, broken] = linesOf((log) =>
    traced("a", () => {
      log.warn("Something is slow.");
      log.log({ text: "Write 1 is sent.", account: 7, lead: 8, trace: "b" });
      log.log({ text: "Write 2 is sent.", account: 7, trace: null });
      log.error("It broke.", "Error: at line 1");
    }),
  );
  expect(sentence).toMatchObject({
    level: 40,
    app: "dealscope",
    context: "door",
    trace: "a",
    msg: "Something is slow.",
  });
  expect(about).toMatchObject({ level: 30, context: "door", trace: "b", account: 7, lead: 8, msg: "Write 1 is sent." });
  expect(elsewhere).toMatchObject({ trace: null, account: 7 });
  expect(broken).toMatchObject({ level: 50, context: "door", trace: "a", stack: "Error: at line 1", msg: "It broke." });
});

test("what nothing has begun has no id", () => {
  expect(linesOf((log) => log.log("Dealscope listens."))[0]).not.toHaveProperty("trace");
});
