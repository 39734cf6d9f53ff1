import { expect, test } from "vitest";
import { isPassingFailure } from "./passing-failure.ts";

const said = (code: string | undefined, message = "") => Object.assign(new Error(message), code ? { code } : {});

test.each([
  ["a deadlock", said("40P01"), true],
  ["a serialization failure", said("40001"), true],
  ["a statement that takes too long", said("57014"), false],
  ["a server that shuts down", said("57P01"), true],
  ["a standby", said("25006"), true],
  ["a transaction that stood still", said("25P03"), true],
  ["too many connections", said("53300"), true],
  ["a refused connection", said("ECONNREFUSED"), true],
  ["a broken connection", said(undefined, "Connection terminated unexpectedly"), true],
  ["a text that cannot be stored", said("22P05"), false],
  ["a broken rule", said("23514"), false],
  ["a bug", new TypeError("x is undefined"), false],
  ["no error at all", "40P01", false],
])("%s", (_what, error, isPassing) => expect(isPassingFailure(error)).toBe(isPassing));
