import fc from "fast-check";
import { expect, test } from "vitest";
import { wire } from "../../test/wire-examples.ts";
import { dedupeKey } from "./dedupe-key.ts";

const name = (body: string, source = "kommo") => dedupeKey(source, body)?.toString("hex");

test("equal bodies have equal keys, in whatever order their parameters come", () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(wire.leadAdded.split("&"), { minLength: wire.leadAdded.split("&").length }),
      (parts) => {
        expect(name(parts.join("&"))).toBe(name(wire.leadAdded));
      },
    ),
  );
});

test("every other body, and every other source, has another key", () => {
  const bodies = [wire.leadAdded, wire.leadEdited, wire.stageChanged, wire.leadAdded.replace("1500", "1501")];
  expect(new Set(bodies.map((body) => name(body))).size).toBe(4);
  expect(name(wire.leadAdded, "other")).not.toBe(name(wire.leadAdded));
});

test.each([
  ["a deletion", wire.leadDeleted],
  ["a move told by the Digital Pipeline", wire.digitalPipeline],
  ["nothing", ""],
  ["a time in a value only", "account[id]=1&leads[delete][0][name]=updated_at"],
])("%s has no time in it, so two equal bodies may be two happenings", (_, body) => expect(name(body)).toBeUndefined());

test("raw and encoded brackets both show the time", () => {
  expect(name("leads[update][0][updated_at]=1790000100")).toBeDefined();
  expect(name("leads%5Bupdate%5D%5B0%5D%5Bupdated_at%5D=1790000100")).toBeDefined();
});
