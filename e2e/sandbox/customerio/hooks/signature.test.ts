import { expect, test } from "vitest";
import { sign } from "./signature.ts";

test("signs the contract's example as the vendor's client does", () => {
  expect(sign("demo-signing-key", 1_731_000_000, '{"metric":"opened"}')).toBe(
    "74ce6680f1543818491a76ec0e9e5048a634b4d0187593f2b1798e1bae56215d",
  );
});
