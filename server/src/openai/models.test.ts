import { expect, test } from "vitest";
import { familyOf } from "./models.ts";

test.each([
  ["gpt-4o-mini", null, true, false],
  ["gpt-4.1-mini-2025-04-14", null, true, false],
  ["ft:gpt-4.1-mini:org::abc", null, true, false],
  ["gpt-5-mini", "minimal", false, false],
  ["gpt-5.4-nano", "none", true, false],
  ["gpt-5.6-luna", "none", true, true],
  ["gpt-6-luna", "none", true, true],
  ["gpt-6.1-terra", "none", true, true],
  ["gpt-10-luna", "none", true, true],
])("%s takes effort %s, temperature %s, breakpoints %s", (model, effort, temperature, cacheBreakpoints) => {
  expect(familyOf(model)).toMatchObject({
    effort,
    temperature,
    cacheBreakpoints,
    rulesRole: "developer",
    openAiFields: true,
  });
});

test.each(["llama-3.3-70b", "my-azure-deployment", "gpt-oss-120b", "gpt-5.6.1"])(
  "%s is not a known family and gets the plainest request",
  (model) => {
    expect(familyOf(model)).toEqual({
      rulesRole: "system",
      effort: null,
      temperature: false,
      cacheBreakpoints: false,
      openAiFields: false,
    });
  },
);
