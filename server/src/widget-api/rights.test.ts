import { expect, test } from "vitest";
import { type LeadPlace, type Level, mayOn, type Rep } from "./rights.ts";

const lead: LeadPlace = { pipelineId: 1, statusId: 10, responsibleUserId: 7, groupId: 3 };

function rep(change: Partial<Rep> & { view?: Level; edit?: Level } = {}): Rep {
  const { view = "D", edit = "D", ...rest } = change;
  return {
    accountId: 1,
    userId: 8,
    name: "Robin",
    groupId: 4,
    isAdmin: false,
    leads: { view, edit },
    stages: [],
    ...rest,
  };
}

const stage = (view: Level | null, edit: Level | null, statusId = 10) => [{ pipelineId: 1, statusId, view, edit }];

test.each<[string, Rep, boolean]>([
  ["an administrator", rep({ isAdmin: true }), true],
  ["a user who may see all leads", rep({ view: "A" }), true],
  ["a user who may see those of his group, from the group", rep({ view: "G", groupId: 3 }), true],
  ["a user who may see those of his group, from another group", rep({ view: "G" }), false],
  ["a user who may see those of his group, without one", rep({ view: "G", groupId: null }), false],
  ["the responsible user, even when the mirror has him in another group", rep({ view: "G", userId: 7 }), true],
  ["a user who may see his own, being responsible", rep({ view: "M", userId: 7 }), true],
  ["a user who may see his own, another being responsible", rep({ view: "M", groupId: 3 }), false],
  ["a user who may see none, even being responsible", rep({ userId: 7 }), false],
  ["a user to whom this stage is opened", rep({ stages: stage("A", null) }), true],
  ["a user to whom this stage is closed", rep({ view: "A", stages: stage("D", null) }), false],
  ["a user to whom another stage is opened", rep({ stages: stage("A", null, 11) }), false],
  ["a user whose right on this stage names no view", rep({ view: "A", stages: stage(null, "D") }), true],
])("%s is decided on", (_who, user, sees) => {
  expect(mayOn(lead, user, "view")).toBe(sees);
});

test("seeing a lead is not changing it", () => {
  const looker = rep({ view: "A", edit: "M" });
  expect(mayOn(lead, looker, "view")).toBe(true);
  expect(mayOn(lead, looker, "edit")).toBe(false);
  expect(mayOn({ ...lead, responsibleUserId: 8 }, looker, "edit")).toBe(true);
});

test("a lead without a group belongs to nobody's group", () => {
  expect(mayOn({ ...lead, groupId: null }, rep({ view: "G", groupId: null }), "view")).toBe(false);
});
