import fc from "fast-check";
import { expect, test } from "vitest";
import { BATCH_BYTES, ITEM_BYTES, pack } from "./pack.ts";

const row = (bytes: number) => {
  const operation = { type: "person" as const, action: "identify", text: "" };
  const frame = Buffer.byteLength(JSON.stringify(operation));
  return { operation: { ...operation, text: "x".repeat(Math.max(0, bytes - frame)) } };
};

const sizeOf = (batch: ReturnType<typeof row>[]) =>
  Buffer.byteLength(JSON.stringify({ batch: batch.map(({ operation }) => operation) }));

test("a batch has as many rows as there is room for, in their order, and none that is too large", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 50, max: 40_000 }), { maxLength: 60 }), (sizes) => {
      const rows = sizes.map(row);
      const { batch, tooLarge } = pack(rows);
      expect(sizeOf(batch)).toBeLessThanOrEqual(BATCH_BYTES);
      expect(batch).toEqual(rows.filter((one) => batch.includes(one)));
      for (const { operation } of tooLarge)
        expect(Buffer.byteLength(JSON.stringify(operation))).toBeGreaterThan(ITEM_BYTES);
      const next = rows.find((one) => !batch.includes(one) && !tooLarge.includes(one));
      if (next) expect(sizeOf([...batch, next])).toBeGreaterThan(BATCH_BYTES);
    }),
  );
});

test("exactly 32 000 bytes fit, and one more does not", () => {
  expect(pack([row(ITEM_BYTES)]).batch).toHaveLength(1);
  expect(pack([row(ITEM_BYTES + 1)]).tooLarge).toHaveLength(1);
});

test("bytes are counted, not letters", () => {
  const operation = { type: "person" as const, action: "identify", text: "ж".repeat(16_000) };
  expect(pack([{ operation }]).tooLarge).toHaveLength(1);
});

test("of very small ones a thousand go together", () => {
  expect(pack(Array.from({ length: 1_200 }, () => row(60))).batch).toHaveLength(1_000);
});
