import { expect, it } from "vitest";
import { attributeNameOf, typeOf } from "../src/pages/customerio/attribute-of.ts";

const named = (name: string) => attributeNameOf({ id: 7, name });

it("makes the name of an attribute of that of a field, in letters that every segment can use", () => {
  expect(named("Number of employees")).toBe("number_of_employees");
  expect(named("Código postal")).toBe("codigo_postal");
  expect(named("Çalışan sayısı")).toBe("calisan_sayisi");
  expect(named("  (VAT) no. ")).toBe("vat_no");
  expect(named("a".repeat(200)).length).toBeLessThanOrEqual(40);
});

it("calls a field whose name says nothing in Latin letters by its number", () => {
  expect(named("Город")).toBe("field_7");
  expect(named("№ 5")).toBe("field_7");
  expect(named("")).toBe("field_7");
});

it("sends numbers, switches and dates as such, and the rest as text", () => {
  expect(["numeric", "monetary", "checkbox", "date_time", "birthday", "select", "unheard_of"].map(typeOf)).toEqual([
    "number",
    "number",
    "boolean",
    "date",
    "date",
    "text",
    "text",
  ]);
});
