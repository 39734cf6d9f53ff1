import { expect, test } from "vitest";
import { isSigned } from "./signature.ts";

const KEY = "demo-signing-key";
const BODY = Buffer.from('{"metric":"opened"}');
/** Checked with the vendor's own client. */
const SIGNED = {
  timestamp: "1731000000",
  signature: "74ce6680f1543818491a76ec0e9e5048a634b4d0187593f2b1798e1bae56215d",
};

test("what Customer.io has signed is taken", () => {
  expect(isSigned(KEY, BODY, SIGNED)).toBe(true);
});

test.each([
  ["another key", "demo-signing-kez", BODY, SIGNED],
  ["another body", KEY, Buffer.from('{"metric":"clicked"}'), SIGNED],
  ["another time", KEY, BODY, { ...SIGNED, timestamp: "1731000001" }],
  ["capital letters", KEY, BODY, { ...SIGNED, signature: SIGNED.signature.toUpperCase() }],
  ["half a signature", KEY, BODY, { ...SIGNED, signature: SIGNED.signature.slice(0, 32) }],
  ["no signature", KEY, BODY, { timestamp: "", signature: "" }],
])("%s is not", (_, key, body, signature) => {
  expect(isSigned(key, body, signature)).toBe(false);
});
