import { expect, test } from "vitest";
import { isSameBytes } from "./same-bytes.ts";

test("bytes are the same when each is, and neither shorter nor longer ones are an error", () => {
  const same = (given: string) => isSameBytes(Buffer.from("signature"), Buffer.from(given));
  expect(["signature", "signaturf", "signatur", "signature ", ""].map(same)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
