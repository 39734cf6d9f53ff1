import { expect, test } from "vitest";
import { INQUIRIES } from "./inquiries.ts";
import { inquiries } from "./variations.ts";

test("the written inquiries come first, unchanged, in eight languages and three ways", () => {
  expect(inquiries(INQUIRIES.length)).toEqual(INQUIRIES);
  expect(INQUIRIES.length).toBeGreaterThanOrEqual(36);
  expect(new Set(INQUIRIES.map(({ language }) => language)).size).toBe(8);
  expect(new Set(INQUIRIES.map(({ via }) => via)).size).toBe(3);
});

test("the first dozen has a duplicate", () => {
  const emails = inquiries(12).flatMap(({ person }) => person.email ?? []);
  expect(emails.length - new Set(emails).size).toBe(1);
});

test("thousands of them share an e-mail or phone only where the written ones do", () => {
  const rounds = 60;
  const all = inquiries(rounds * INQUIRIES.length);
  for (const part of ["email", "phone"] as const) {
    const values = all.flatMap(({ person }) => person[part] ?? []);
    const written = INQUIRIES.flatMap(({ person }) => person[part] ?? []);
    expect(new Set(values).size).toBe(rounds * new Set(written).size);
  }
});

test("who comes again has another name, company and number of seats, and says so in the text", () => {
  const [first, again] = [INQUIRIES[0]!, inquiries(INQUIRIES.length + 1).at(-1)!];
  expect(again.person.name).not.toBe(first.person.name);
  expect(again).toMatchObject({ company: "Clínica Norte Sur", lead: "13 licencias para Clínica Norte Sur" });
  expect("text" in again && again.text).toContain("9.600 €");
  expect("text" in again && again.text).toContain("13 licencias");
});
