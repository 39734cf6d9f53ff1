import { Logger } from "@nestjs/common";
import { afterEach, expect, test, vi } from "vitest";
import { WrongTokens } from "./wrong-tokens.ts";

const warn = vi.spyOn(Logger.prototype, "warn").mockImplementation(() => {});
afterEach(() => warn.mockRestore());

test("the log says at which entrance a wrong token was given, and from where", async () => {
  const tokens = new WrongTokens();
  for (const entrance of ["header", "form", "metrics"] as const)
    await tokens.look("192.0.2.7", entrance, () => undefined);
  await tokens.look("192.0.2.7", "metrics", () => true);
  expect(warn.mock.calls.map(([line]) => line)).toEqual([
    "A wrong token for the operator's API came from 192.0.2.7.",
    "A wrong token for the operator's pages came from 192.0.2.7.",
    "A wrong token for /metrics came from 192.0.2.7.",
  ]);
});
