import { expect, test } from "vitest";
import {
  domainOf,
  isPublicMail,
  mailboxOf,
  nationalNumber,
  normaliseEmail,
  normalisePhone,
  readPhone,
} from "./contact-address.ts";

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

test.each([
  ["601 234 567", "PL", "+48601234567"],
  ["+48 601-234-567", "US", "+48601234567"],
  ["0048 601 234 567", undefined, "+48601234567"],
  ["(601) 234-567", undefined, "601234567"],
  ["12", "PL", null],
  ["12", undefined, null],
  ["=1+1", "PL", null],
  ["call me at 601 234 567", "PL", null],
  ["+999 12345678", undefined, null],
  ["<script>6012345678</script>", undefined, null],
] as const)("the phone %s of %s is kept as %s", (written, country, kept) => {
  expect(readPhone(written, country)).toBe(kept);
});

test("all ways of writing a number have their national digits in common", () => {
  expect([nationalNumber("+48601234567"), nationalNumber("601234567"), nationalNumber("+447911123456")]).toEqual([
    "601234567",
    "601234567",
    "7911123456",
  ]);
});

test("plus-addresses are one mailbox, and an address that is nothing but a plus stays itself", () => {
  expect(mailboxOf("anna+shop+2@mail.example")).toBe("anna@mail.example");
  expect(mailboxOf("anna@mail.example")).toBe("anna@mail.example");
  expect(mailboxOf("+48@mail.example")).toBe("+48@mail.example");
  expect(mailboxOf("++a@mail.example")).toBe("++a@mail.example");
  expect(mailboxOf("+@mail.example")).toBe("+@mail.example");
});
