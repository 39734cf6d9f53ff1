import { expect, test } from "vitest";
import type { Contact, FieldValue } from "../../../kommo/resources.ts";
import { identifierOf } from "./identifier.ts";
import { whom } from "./whom.ts";

const member = (contactId: number, isMain: boolean, role: string | null = null) => ({ contactId, isMain, role });
const members = [member(3, false, "lawyer"), member(2, true, "user"), member(1, false, "lawyer")];
const ids = (speaksFor: Parameters<typeof whom>[0]) => whom(speaksFor, members).map(({ contactId }) => contactId);

test("whom a deal speaks for is its main contact, everybody, or who has one of the roles; the main one first", () => {
  expect(ids({ who: "main" })).toEqual([2]);
  expect(ids({ who: "all" })).toEqual([2, 1, 3]);
  expect(ids({ who: "roles", roles: ["lawyer"] })).toEqual([1, 3]);
  expect(ids({ who: "roles", roles: ["decision_maker"] })).toEqual([]);
});

const values = (...all: unknown[]) => all.map((value) => ({ value }));
const contact = (...fields: FieldValue[]) =>
  ({ id: 1, name: "Ana", custom_fields_values: fields }) as unknown as Contact;
const email = (...all: unknown[]): FieldValue => ({ field_id: 1, field_code: "EMAIL", values: values(...all) });

test.each([
  ["the first of several addresses", email("Ana@X.test ", "other@x.test"), "Ana@X.test", "ana@x.test"],
  ["the first that is one", email("ask Ana", "ana+roof@x.test"), "ana+roof@x.test", "ana+roof@x.test"],
])("a person is known by %s, compared without letter case", (_, field, value, key) => {
  expect(identifierOf(contact(field), { by: "email" })).toEqual({ by: "email", value, key });
});

test("without an address, or with one that is too long, nobody is known", () => {
  expect(identifierOf(contact(), { by: "email" })).toBeNull();
  expect(identifierOf(contact(email("")), { by: "email" })).toBeNull();
  expect(identifierOf(contact(email(`${"ä".repeat(80)}@x.test`)), { by: "email" })).toBeNull();
});

test("ids of the workspace's own are taken as they stand in their field", () => {
  const field: FieldValue = { field_id: 9, values: values(" C-42 ") };
  expect(identifierOf(contact(field), { by: "field", fieldId: 9 })).toEqual({ by: "id", value: "C-42", key: "C-42" });
  expect(identifierOf(contact({ field_id: 9, values: values(42) }), { by: "field", fieldId: 9 })).toMatchObject({
    key: "42",
  });
  expect(identifierOf(contact(email("ana@x.test")), { by: "field", fieldId: 9 })).toBeNull();
});
