import { expect, it } from "vitest";
import { Table } from "./table.ts";

interface Thing {
  id: number;
  updated_at: number;
  parent: string;
}

function tableOf(...times: number[]): Table<Thing> {
  const table = new Table<Thing>((thing) => thing.parent);
  times.forEach((updated_at, id) => void table.add({ id, updated_at, parent: id % 2 ? "odd" : "even" }));
  return table;
}

const ids = (rows: readonly Thing[]) => rows.map((row) => row.id);

it("finds rows by the time of their change, both ends included, whatever the order they came in", () => {
  expect(ids(tableOf(10, 30, 20, 40).changed(20, 30))).toEqual([2, 1]);
});

it("finds a changed row at its new time only, and once", () => {
  const table = tableOf(10, 20);
  const row = table.get(0)!;
  for (const time of [30, 30, 40]) {
    row.updated_at = time;
    table.touched(row);
  }
  expect(ids(table.changed(0, 35))).toEqual([1]);
  expect(ids(table.changed(0, 50))).toEqual([1, 0]);
});

it("stays small when one row changes again and again", () => {
  const table = tableOf(0, 0);
  const row = table.get(0)!;
  for (let time = 1; time <= 5000; time++) {
    row.updated_at = time;
    table.touched(row);
  }
  expect(ids(table.changed(0, 6000))).toEqual([1, 0]);
});

it("knows the rows of a parent and hides new ones for a while", () => {
  const table = tableOf(1, 2, 3);
  expect(ids(table.of("even"))).toEqual([0, 2]);
  const row = table.add({ id: 9, updated_at: 4, parent: "odd" }, 1000);
  expect([table.visible(row, 999), table.visible(row, 1000)]).toEqual([false, true]);
});
