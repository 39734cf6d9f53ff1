import { expect, test } from "vitest";
import { clicksOf, linkName, readable, say } from "./wording.ts";

const AT = new Date("2026-11-12T22:05:30Z");

test.each([
  ["en", "UTC", "12 Nov, 22:05"],
  ["en", "Asia/Tokyo", "13 Nov, 07:05"],
  ["pt", "America/Sao_Paulo", "12 de nov., 19:05"],
  ["xx", "UTC", "12 Nov, 22:05"],
])("in %s and %s a time is read as %s %s", (language, zone, text) => {
  expect(readable({ language, zone }, AT)).toBe(text);
});

test.each([
  ["https://shop.test/en/pricing-plans.html", "Pricing plans"],
  ["https://shop.test/", "shop.test"],
  ["https://shop.test/%D1%86%D1%96%D0%BD%D0%B8", "Ціни"],
  ["https://shop.test/%zz", "%zz"],
  [null, "–"],
])("the link %s is called %s", (link, name) => expect(linkName(link)).toBe(name));

test("links are named once, with how often they were clicked", () => {
  const tongue = { language: "en", zone: "UTC" };
  const links = ["https://a.test/pricing", "https://a.test/demo", "https://a.test/pricing"];
  expect(clicksOf(tongue, links)).toBe("Clicked: Pricing (2×), Demo.");
  expect(clicksOf(tongue, [])).toBe("");
});

test("what is not filled in leaves no braces behind, and an unknown language is English", () => {
  expect(say({ language: "xx", zone: "UTC" }, "opened", { subject: "Hi" })).toBe(" opened “Hi”");
});
