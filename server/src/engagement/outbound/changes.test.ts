import { OUR_EVENTS } from "@dealscope/shared/engagement";
import { LOST, WON } from "@dealscope/shared/stage-ref";
import { expect, test } from "vitest";
import { changesOf, LATE_MS, type Untold, wanted } from "./changes.ts";

const statuses = [
  { id: 11, name: "Lead", incoming: false },
  { id: 12, name: "Offer", incoming: false },
  { id: WON, name: "Gewonnen", incoming: false },
  { id: LOST, name: "Verloren", incoming: false },
];
const pipelines = [{ id: 5, name: "Sales", isMain: true, statuses }];
const stage = (statusId: number) => ({ pipelineId: 5, statusId });
const at = new Date("2026-11-28T08:00:00Z");
const nothing: Untold = { created: null, moves: [], judgement: null };

const told = (untold: Partial<Untold>) =>
  changesOf({ ...nothing, ...untold }, pipelines).map(({ name, key }) => [name, key]);

test("every change is one event, in the order of the changes", () => {
  const moves = [
    { ordinal: 3, at, from: stage(11), to: stage(12) },
    { ordinal: 4, at, from: stage(12), to: stage(WON) },
  ];
  expect(told({ created: { at, in: stage(11) }, moves, judgement: { key: "verdict-9", at } })).toEqual([
    ["deal_created", "created"],
    ["deal_stage_changed", "move-3"],
    ["deal_stage_changed", "move-4"],
    ["deal_won", "move-4"],
    ["lead_qualified", "verdict-9"],
  ]);
});

test("a move is told with both stages by the names that the account gives them", () => {
  const [move, lost] = changesOf(
    { ...nothing, moves: [{ ordinal: 1, at, from: stage(12), to: stage(LOST) }] },
    pipelines,
  );
  expect(move!.data).toEqual({
    ...{ stage: "Verloren", stage_id: LOST, pipeline: "Sales", pipeline_id: 5, status: "lost" },
    ...{ from_stage: "Offer", from_stage_id: 12, from_pipeline: "Sales", from_pipeline_id: 5, from_status: "open" },
  });
  expect(lost).toMatchObject({ name: "deal_lost", data: move!.data });
});

test("of a stage that nobody knows the id is told without a name, and of a move from nowhere where it went", () => {
  const [move] = changesOf({ ...nothing, moves: [{ ordinal: 1, at, from: null, to: stage(99) }] }, pipelines);
  expect(move!.data).toEqual({ stage: null, stage_id: 99, pipeline: "Sales", pipeline_id: 5, status: "open" });
});

test("a deal that is made as a won one is won", () => {
  expect(told({ created: { at, in: stage(WON) } }).map(([name]) => name)).toEqual(["deal_created", "deal_won"]);
});

test("only what was chosen is told, and what is late only where that was chosen", () => {
  const changes = changesOf({ ...nothing, created: { at, in: stage(11) }, judgement: { key: "v", at } }, pipelines);
  const events = [...OUR_EVENTS];
  const after = (ms: number) => new Date(at.getTime() + ms);
  const names = (terms: Parameters<typeof wanted>[1], now: Date) => wanted(changes, terms, now).map(({ name }) => name);
  expect(names({ events: ["lead_qualified"], lateEvents: false }, at)).toEqual(["lead_qualified"]);
  expect(names({ events, lateEvents: false }, after(LATE_MS))).toHaveLength(2);
  expect(names({ events, lateEvents: false }, after(LATE_MS + 1))).toEqual([]);
  expect(names({ events, lateEvents: true }, after(LATE_MS + 1))).toHaveLength(2);
});
