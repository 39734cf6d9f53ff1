import { expect, test } from "vitest";
import { strictSchemaFaults } from "../../../test/strict-schema-faults.ts";
import { answerSchema, answerShape } from "./answer-schema.ts";
import { DEFAULT_PROMPT } from "./default-prompt.ts";

test("the schema is within the strict subset", () => {
  expect(strictSchemaFaults(answerSchema(DEFAULT_PROMPT))).toEqual([]);
});

test("evidence comes before conclusions", () => {
  const schema = answerSchema(DEFAULT_PROMPT);
  expect(schema.required).toEqual(["criteria", "segment", "next_action", "summary", "question"]);
  expect(Object.keys(schema.$defs?.finding?.properties ?? {})).toEqual(["quote", "level"]);
});

test("a new criterion and a new segment are in the schema without a release", () => {
  const [first] = DEFAULT_PROMPT.criteria;
  const content = {
    ...DEFAULT_PROMPT,
    criteria: [...DEFAULT_PROMPT.criteria, { ...first!, key: "region" }],
    segments: [...DEFAULT_PROMPT.segments, { key: "vip", name: "VIP", minScore: 95 }],
  };
  const { properties } = answerSchema(content);
  expect(properties?.criteria?.required).toContain("region");
  expect(properties?.segment?.enum).toContain("vip");
});

test.each([
  ["a root that is no object", { type: "array", items: { type: "string" } }, "# must be of type object."],
  ["an open object", { type: "object", properties: {} }, "# must set additionalProperties to false."],
  [
    "an optional property",
    { type: "object", properties: { a: { type: "string" } }, required: [], additionalProperties: false },
    "# must require a.",
  ],
  [
    "a length limit deep inside",
    {
      type: "object",
      properties: { a: { type: "array", items: { anyOf: [{ type: "string", maxLength: 9 }] } } },
      required: ["a"],
      additionalProperties: false,
    },
    "#/properties/a/items/anyOf/0 uses maxLength, which is refused.",
  ],
  [
    "an empty enum",
    { type: "object", properties: { a: { enum: [] } }, required: ["a"], additionalProperties: false },
    "#/properties/a must have 1 to 1000 enum values.",
  ],
])("the check finds %s", (_what, schema, fault) => {
  expect(strictSchemaFaults(schema)).toEqual([fault]);
});

test("our side refuses what the provider promises not to send", () => {
  const finding = { quote: null, level: null };
  const answer = {
    criteria: Object.fromEntries(DEFAULT_PROMPT.criteria.map(({ key }) => [key, finding])),
    segment: "hot",
    next_action: "Call",
    summary: "Text",
    question: null,
  };
  const shape = answerShape(DEFAULT_PROMPT);
  expect(shape.safeParse(answer).success).toBe(true);
  expect(shape.safeParse({ ...answer, score: 100 }).success).toBe(false);
  expect(shape.safeParse({ ...answer, segment: "vip" }).success).toBe(false);
  expect(shape.safeParse({ ...answer, criteria: { ...answer.criteria, extra: finding } }).success).toBe(false);
  expect(shape.safeParse({ ...answer, criteria: { budget: finding } }).success).toBe(false);
});
