import { expect, it } from "vitest";
import en from "../src/i18n/en.json" with { type: "json" };
import tr from "../src/i18n/tr.json" with { type: "json" };
import { Words } from "../src/i18n/words.ts";

const NOW = Date.parse("2026-11-28T12:00:00Z");
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const english = new Words(en, "en");

it("says how old something is in the largest unit that is full", () => {
  expect(english.ago(before(20), NOW)).toBe("now");
  expect(english.ago(before(60), NOW)).toBe("1 min. ago");
  expect(english.ago(before(3_599), NOW)).toBe("59 min. ago");
  expect(english.ago(before(3_600), NOW)).toBe("1 hr. ago");
  expect(english.ago(before(86_400), NOW)).toBe("yesterday");
  expect(english.ago(before(40 * 86_400), NOW)).toBe("40 days ago");
});

it("says in how long something will be", () => {
  expect(english.ahead(before(-240), NOW)).toBe("in 4 min.");
});

it("says of what has happened that it is now, where another clock is ahead", () => {
  expect(english.ago(before(-240), NOW)).toBe("now");
});

it("says it in the user's language", () => {
  expect(new Words(tr, "tr").ago(before(120), NOW)).toBe("2 dk. önce");
});

it("puts values into a text, as they are", () => {
  expect(english.t("verdict.score", { score: 81 })).toBe("Score 81 of 100");
  expect(english.t("history.set", { name: "<b>{reason}</b>", reason: "$&" })).toBe("<b>{reason}</b>: $&");
});

it("shows the name of a text that Kommo has not loaded, rather than nothing", () => {
  expect(new Words(undefined, "en").t("why.title")).toBe("why.title");
});

it("gives the year only of other years", () => {
  expect(english.when("2025-03-02T10:00:00Z", NOW)).toContain("2025");
  expect(english.when("2026-03-02T10:00:00Z", NOW)).not.toContain("2026");
});
