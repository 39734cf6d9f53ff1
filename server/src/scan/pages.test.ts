import fc from "fast-check";
import { expect, test } from "vitest";
import { READ_AT_MOST } from "../kommo/requests.ts";
import { readSince } from "./pages.ts";

interface Item {
  id: number;
  updated_at: Date;
}

const at = (seconds: number) => new Date(seconds * 1000);

/** A list as Kommo gives it: sorted by time when asked, in pages; `onAsk` is what people do between two pages. */
function listOf(
  items: Item[],
  onAsk: (asked: number) => void = () => {},
  isReadable: (item: Item) => boolean = () => true,
) {
  let asked = 0;
  return async (since: Date, page: number) => {
    onAsk(++asked);
    const sorted = items
      .filter((item) => item.updated_at >= since)
      .sort((a, b) => a.updated_at.getTime() - b.updated_at.getTime() || a.id - b.id);
    const shown = sorted.slice((page - 1) * READ_AT_MOST, page * READ_AT_MOST);
    return { items: shown.filter(isReadable).map((item) => ({ ...item })), more: shown.length === READ_AT_MOST };
  };
}

test("everything since a moment is found, however many share a second", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ second: fc.nat(5), count: fc.nat(600) }), { maxLength: 4 }),
      async (groups) => {
        let id = 0;
        const items = groups.flatMap(({ second, count }) =>
          Array.from({ length: count }, () => ({ id: ++id, updated_at: at(100 + second) })),
        );
        const found = await readSince(at(100), listOf(items));
        expect(found.map((item) => item.id).sort((a, b) => a - b)).toEqual(items.map((item) => item.id));
      },
    ),
    { numRuns: 40 },
  );
});

test("nothing is missed although entries move to the end while they are read", async () => {
  const items = Array.from({ length: 900 }, (_, i) => ({ id: i + 1, updated_at: at(100 + i) }));
  // People edit the oldest ones meanwhile: on fixed page numbers each edit would make one entry slip through.
  const ask = listOf(items, (asked) => {
    if (asked > 4) return;
    for (const item of items.slice(asked * 50, asked * 50 + 50)) item.updated_at = at(5_000 + asked);
  });
  const found = await readSince(at(100), ask);
  expect(new Set(found.map((item) => item.id)).size).toBe(900);
});

test("what cannot be read hides nothing that comes after it", async () => {
  const items = Array.from({ length: 900 }, (_, i) => ({ id: i + 1, updated_at: at(100 + i) }));
  const ask = listOf(items, undefined, (item) => item.id % 250 !== 0);
  expect(await readSince(at(100), ask)).toHaveLength(897);
});
