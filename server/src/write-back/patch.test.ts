import { describe, expect, test } from "vitest";
import { provisioned } from "../installation/provisioning.ts";
import { lead } from "../kommo/resources.ts";
import { fold } from "./fold.ts";
import { plan, without } from "./patch.ts";
import type { Expectation, LeadChange, WriteRow } from "./write-row.ts";

const made = provisioned.parse({
  fields: { score: 501, segment: 502, summary: 503 },
  segments: { hot: 91, cold: 92 },
});
const here = { pipelineId: 1, statusId: 10 };
const there = { pipelineId: 1, statusId: 11 };

/** The lead as Kommo shows it. */
function shown(more: object = {}) {
  return lead.parse({ id: 7, pipeline_id: 1, status_id: 10, responsible_user_id: 3, ...more });
}

const wanting = (change: LeadChange, seen: Expectation | null = null, seq = 1): WriteRow => ({
  ...{ id: seq, leadId: 7, seq, target: "lead", origin: "qualification", body: change, expect: seen, marker: null },
  ...{ workKind: null, traceId: "", attempts: 0, waits: 0, unknownForMs: null, isDecidedAgain: false },
});

function planned(now: ReturnType<typeof shown>, ...rows: WriteRow[]) {
  return plan(fold(rows)[0]!, now, made);
}

function itemOf(now: ReturnType<typeof shown>, ...rows: WriteRow[]) {
  const one = planned(now, ...rows);
  return one.kind === "send" ? one.patch.item : one.kind;
}

const values = [
  { field_id: 501, values: [{ value: "80" }] },
  { field_id: 502, values: [{ value: "Hot", enum_id: 91 }] },
];

describe("only what differs is sent", () => {
  test.each<[string, LeadChange, object | string]>([
    ["equal fields", { fields: { score: 80, segment: "hot" } }, "equal"],
    [
      "one other field",
      { fields: { score: 81, segment: "hot" } },
      { custom_fields_values: [{ field_id: 501, values: [{ value: "81" }] }] },
    ],
    [
      "another option",
      { fields: { segment: "cold" } },
      { custom_fields_values: [{ field_id: 502, values: [{ enum_id: 92 }] }] },
    ],
    ["clearing", { fields: { score: null } }, { custom_fields_values: [{ field_id: 501, values: null }] }],
    ["clearing what is empty", { fields: { summary: null } }, "equal"],
    ["a field that is not made yet", { fields: { nextAction: "Call" } }, "equal"],
    ["a tag that is there", { tagsAdd: ["vip"] }, "equal"],
    ["a tag that is gone", { tagsRemove: ["dealscope:cold"] }, "equal"],
    [
      "tags",
      { tagsAdd: ["dealscope:hot"], tagsRemove: ["vip"] },
      { tags_to_add: [{ name: "dealscope:hot" }], tags_to_delete: [{ name: "vip" }] },
    ],
    ["the stage it is in", { stage: here }, "equal"],
    ["another stage, always with its pipeline", { stage: there }, { status_id: 11, pipeline_id: 1 }],
    ["the responsible user it has", { responsibleUserId: 3 }, "equal"],
  ])("%s", (_, change, sent) => {
    const now = shown({ custom_fields_values: values, _embedded: { tags: [{ id: 1, name: "vip" }] } });
    expect(itemOf(now, wanting(change))).toEqual(typeof sent === "string" ? sent : { id: 7, request_id: "7", ...sent });
  });
});

describe("a person who was quicker wins", () => {
  const move = wanting({ stage: there, responsibleUserId: 4 }, { stage: here, responsibleUserId: 3 });

  test("while the deal stands as the decision saw it, it is moved", () => {
    expect(itemOf(shown(), move)).toMatchObject({ status_id: 11, responsible_user_id: 4 });
  });

  test.each([
    ["stage", { status_id: 12 }],
    ["pipeline", { pipeline_id: 2 }],
    ["responsible user", { responsible_user_id: 9 }],
  ])("another %s than the decision saw supersedes it", (_, change) => {
    expect(planned(shown(change), move)).toMatchObject({ kind: "superseded", rows: [move] });
  });

  test("the lead's other rows are not superseded with it", () => {
    const verdict = wanting({ fields: { score: 5 } }, null, 2);
    const one = planned(shown({ status_id: 12 }), verdict, move);
    expect(one).toMatchObject({ kind: "superseded", rows: [move] });
  });
});

describe("what Kommo complains about is left out, and the rest goes", () => {
  const sent = planned(
    shown(),
    wanting({ fields: { score: 1, segment: "hot", summary: "S" }, stage: there, responsibleUserId: 4, tagsAdd: ["t"] }),
  );
  const patch = sent.kind === "send" ? sent.patch : undefined;
  const rest = (...paths: string[]) => without(patch!, paths);

  test("a field, by its place in the request", () => {
    const left = rest("custom_fields_values.1.values.0.enum_id");
    expect(left?.item.custom_fields_values).toMatchObject([{ field_id: 501 }, { field_id: 503 }]);
    expect(left).toMatchObject({ fieldKeys: ["score", "summary"], refused: ["segment"] });
  });

  test("all fields", () => {
    const paths = [0, 1, 2].map((i) => `custom_fields_values.${i}.field_id`);
    expect(rest(...paths)?.item).toEqual({
      ...{ id: 7, request_id: "7", status_id: 11, pipeline_id: 1 },
      ...{ responsible_user_id: 4, tags_to_add: [{ name: "t" }] },
    });
  });

  test("a user who has left", () => {
    expect(rest("responsible_user_id")?.item).not.toHaveProperty("responsible_user_id");
    expect(rest("responsible_user_id")).toMatchObject({ refused: ["responsible_user_id"], item: { status_id: 11 } });
  });

  test("a stage that is gone, as the pair it is", () => {
    const left = rest("status_id")?.item;
    expect(left).not.toHaveProperty("pipeline_id");
    expect(left).toHaveProperty("responsible_user_id");
  });

  test.each([[[]], [["id"]], [["something.else"]], [["responsible_user_id", ""]]])(
    "a complaint that names nothing of ours is not guessed at: %j",
    (paths) => expect(rest(...paths)).toBeUndefined(),
  );

  test("nothing is sent when nothing is left", () => {
    const only = planned(shown(), wanting({ responsibleUserId: 4 }));
    expect(only.kind === "send" && without(only.patch, ["responsible_user_id"])).toBeUndefined();
  });
});
