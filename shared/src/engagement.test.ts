import { expect, test } from "vitest";
import { AttributeName, EngagementSettings } from "./engagement.ts";

const isTaken = (name: string) => AttributeName.safeParse(name).success;

test.each(["city", "Größe_m2", "x".repeat(150), "utm-source"])("an attribute may be called %s", (name) => {
  expect(isTaken(name)).toBe(true);
});

test.each([
  ...["", "  ", "two words", "a.b", "a[0]", 'quo"te', "_update", "ж".repeat(76)],
  ...["id", "email", "Phone", "cio_id", "created_at", "timestamp", "UNSUBSCRIBED", "cio_relationships", "cio_anything"],
])("what Customer.io keeps for itself or cannot address is refused: %j", (name) => {
  expect(isTaken(name)).toBe(false);
});

test.each(["recipient", "from_address", "Reply_To", "to", "bcc"])(
  "a name that would change to whom a campaign writes is refused: %s",
  (name) => {
    expect(isTaken(name)).toBe(false);
  },
);

const field = (entity: "lead" | "contact", attribute: string) => ({ entity, fieldId: 1, attribute, type: "text" });
const issues = (...fields: object[]) =>
  EngagementSettings.safeParse({ fields }).error?.issues.map(({ path }) => path.join(".")) ?? [];

test("no two fields are sent by one name, and none by a name that Dealscope sends itself", () => {
  expect(issues(field("lead", "city"), field("contact", "city"))).toEqual([]);
  expect(issues(field("lead", "city"), field("lead", "city"))).toEqual(["fields.1.attribute"]);
  expect(issues(field("contact", "deal_city"), field("lead", "city"))).toEqual(["fields.1.attribute"]);
  expect(issues(field("lead", "stage"))).toEqual(["fields.0.attribute"]);
  expect(issues(field("contact", "deals_open"))).toEqual(["fields.0.attribute"]);
  expect(issues(field("contact", "stage"))).toEqual([]);
});

test("a prefix makes no name that Customer.io keeps for itself", () => {
  const refused = (prefix: string, ...fields: object[]) =>
    EngagementSettings.safeParse({ prefix, fields }).error?.issues.map(({ path }) => path.join(".")) ?? [];
  expect(refused("cio_")).toEqual(["prefix"]);
  expect(refused("offer_")).toEqual([]);
  expect(refused("i", field("lead", "d"))).toEqual(["fields.0.attribute"]);
  expect(refused("from_", field("lead", "address"))).toEqual(["fields.0.attribute"]);
});
