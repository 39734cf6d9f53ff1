import { expect, test } from "vitest";
import { accountsCarried, examineCrowd } from "./crowd.ts";

test.each([
  [7, 45],
  [70, 446],
  [350, 2_321],
])("%i calls a second carry about %i accounts", (KOMMO_EGRESS_RPS, accounts) => {
  expect(accountsCarried({ KOMMO_EGRESS_RPS })).toBe(accounts);
});

test("one account more than it carries is told, with what to do", async () => {
  const config = { KOMMO_EGRESS_RPS: 7 };
  expect(await examineCrowd(config, 45)).toMatchObject([{ state: "ok" }]);
  expect(await examineCrowd(config, 46)).toMatchObject([
    { state: "warning", says: expect.stringMatching(/^46 accounts .* about 45 .* Raise it/) },
  ]);
});
