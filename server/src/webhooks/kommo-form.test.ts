import fc from "fast-check";
import { stringify } from "qs";
import { describe, expect, test } from "vitest";
import { readKommoEvents } from "./kommo-events.ts";
import { type FormNode, integerAt, nodesOf, parseKommoForm, textAt, timeAt, UnreadableForm } from "./kommo-form.ts";

const leaf = fc.string({ unit: "grapheme", maxLength: 20 });
const key = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
const tree = fc.letrec<{ node: Record<string, unknown> }>((tie) => ({
  node: fc.dictionary(key, fc.oneof({ maxDepth: 4 }, leaf, tie("node")), { minKeys: 1, maxKeys: 4 }),
})).node;

/** PHP drops what is empty. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

test("whatever is encoded as PHP does it is read back as it was", () => {
  fc.assert(
    fc.property(tree, (value) => {
      expect(plain(parseKommoForm(stringify(value)))).toEqual(plain(value));
    }),
  );
});

test("whatever arrives is either read or refused as unreadable, and never harms a prototype", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc
      .array(
        fc.constantFrom(
          "[",
          "]",
          "%5B",
          "%",
          "=",
          "&",
          "leads",
          "add",
          "__proto__",
          "constructor",
          "0",
          "id",
          "note",
          "+",
          "\0",
        ),
      )
      .map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(anything, (body) => {
      try {
        expect(Array.isArray(readKommoEvents(parseKommoForm(body)))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableForm);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

describe("limits are those of what Kommo sends", () => {
  test.each([
    [
      "2 200 parameters",
      Array.from({ length: 2_200 }, (_, i) => `leads[add][0][custom_fields][${i}][id]=${i}`).join("&"),
    ],
    ["300 entries without an index", "leads[add][0][tags][]=1&".repeat(300)],
    ["12 levels", `a${"[b]".repeat(12)}=1`],
  ])("%s are read", (_, body) => expect(parseKommoForm(body)).toBeTypeOf("object"));

  test.each([
    ["20 levels", `a${"[b]".repeat(20)}=1`],
    ["25 000 parameters", "a=1&".repeat(25_000)],
  ])("%s are refused", (_, body) => expect(() => parseKommoForm(body)).toThrow(UnreadableForm));
});

describe("values", () => {
  const node: FormNode = {
    id: "71500321",
    empty: "",
    text: "x",
    negative: "-1",
    huge: "9".repeat(30),
    list: { "7": { id: "1" }, "3": "s" },
  };

  test("a whole number is one that fits; everything else is absent", () => {
    expect(["id", "empty", "text", "negative", "huge", "list", "none"].map((name) => integerAt(node, name))).toEqual([
      71500321,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("an empty text is a text, a missing one is none", () => {
    expect([textAt(node, "empty"), textAt(node, "none"), textAt(node, "list")]).toEqual(["", undefined, undefined]);
  });

  test.each(["0", "1790000000000", "999999999999999"])("%s is no time", (at) =>
    expect(timeAt({ at }, "at")).toBeUndefined(),
  );

  test("only the objects of a list are its nodes", () => expect(nodesOf(node.list)).toEqual([{ id: "1" }]));
});
