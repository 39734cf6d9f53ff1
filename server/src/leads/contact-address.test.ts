import { expect, test } from "vitest";
import { domainOf, isPublicMail, normaliseEmail, normalisePhone } from "./contact-address.ts";

test("e-mails that differ in case or spaces are equal, and other text is none", () => {
  expect(normaliseEmail(" Anna@Mail.Example ")).toBe("anna@mail.example");
  expect(normaliseEmail("anna at mail")).toBeNull();
  expect(normaliseEmail("a@b@c")).toBeNull();
});

test.each([
  ["+48 601-234-567", "+48601234567"],
  ["0048 601 234 567", "+48601234567"],
  ["601 234 567", "601234567"],
  ["12", null],
  ["no phone", null],
])("the phone %s is compared as %s", (raw, normal) => {
  expect(normalisePhone(raw)).toBe(normal);
});

test("a national number is compared in full when the country is known", () => {
  expect(normalisePhone("601 234 567", "PL")).toBe("+48601234567");
});

test("providers of mail for everybody are no companies", () => {
  expect(isPublicMail(domainOf("anna@gmail.com"))).toBe(true);
  expect(isPublicMail(domainOf("ana@yahoo.com.br"))).toBe(true);
  expect(isPublicMail(domainOf("anna@webshop.com"))).toBe(false);
});
