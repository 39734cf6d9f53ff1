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
    { ordinal: 3, at, heardAt: at, from: stage(11), to: stage(12) },
    { ordinal: 4, at, heardAt: at, from: stage(12), to: stage(WON) },
  ];
  expect(told({ created: { at, heardAt: at, in: stage(11) }, moves, judgement: { key: "verdict-9", at } })).toEqual([
    ["deal_created", "created"],
    ["deal_stage_changed", "move-3"],
    ["deal_stage_changed", "move-4"],
    ["deal_won", "move-4"],
    ["lead_qualified", "verdict-9"],
  ]);
});

test("a move is told with both stages by the names that the account gives them", () => {
  const [move, lost] = changesOf(
    { ...nothing, moves: [{ ordinal: 1, at, heardAt: at, from: stage(12), to: stage(LOST) }] },
    pipelines,
  );
  expect(move!.data).toEqual({
    ...{ stage: "Verloren", stage_id: LOST, pipeline: "Sales", pipeline_id: 5, status: "lost" },
    ...{ from_stage: "Offer", from_stage_id: 12, from_pipeline: "Sales", from_pipeline_id: 5, from_status: "open" },
  });
  expect(lost).toMatchObject({ name: "deal_lost", data: move!.data });
});

test("of a stage that nobody knows the id is told without a name, and of a move from nowhere where it went", () => {
  const [move] = changesOf(
    { ...nothing, moves: [{ ordinal: 1, at, heardAt: at, from: null, to: stage(99) }] },
    pipelines,
  );
  expect(move!.data).toEqual({ stage: null, stage_id: 99, pipeline: "Sales", pipeline_id: 5, status: "open" });
});

test("a deal that is made as a won one is won", () => {
  expect(told({ created: { at, heardAt: at, in: stage(WON) } }).map(([name]) => name)).toEqual([
    "deal_created",
    "deal_won",
  ]);
});

const after = (ms: number) => new Date(at.getTime() + ms);
const events = [...OUR_EVENTS];

test("only what was chosen is told", () => {
  const changes = changesOf(
    { ...nothing, created: { at, heardAt: at, in: stage(11) }, judgement: { key: "v", at } },
    pipelines,
  );
  const told = wanted(changes, { events: ["lead_qualified"], lateEvents: false }, { now: at, unheardAt: null });
  expect(told.map(({ name }) => name)).toEqual(["lead_qualified"]);
});

test.each<[what: string, heardMs: number | null, nowMs: number, unheardMs: number | null, isTold: boolean]>([
  ["heard within the hour", LATE_MS, LATE_MS, null, true],
  ["heard later, as by a scan", LATE_MS + 1, LATE_MS + 1, null, false],
  ["heard at once, and decided days later", 0, 50 * LATE_MS, null, true],
  ["decided late, and nobody knows when it was heard", null, LATE_MS + 1, null, false],
  ["heard at once, with somebody to be told within the hour", 0, LATE_MS, 1, true],
  ["heard at once, with nobody to be told for longer", 0, LATE_MS + 1, 1, false],
  ["heard after the last time that nobody was there", 10, 2 * LATE_MS, 5, true],
])("what was %s is told or passed over by when it was heard", (_, heardMs, nowMs, unheardMs, isTold) => {
  const heardAt = heardMs === null ? null : after(heardMs);
  const changes = changesOf({ ...nothing, created: { at, heardAt, in: stage(11) } }, pipelines);
  const times = { now: after(nowMs), unheardAt: unheardMs === null ? null : after(unheardMs) };
  expect(wanted(changes, { events, lateEvents: false }, times)).toHaveLength(isTold ? 1 : 0);
  expect(wanted(changes, { events, lateEvents: true }, times)).toHaveLength(1);
});
