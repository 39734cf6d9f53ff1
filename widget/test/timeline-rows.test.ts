import type { TimelineEntry } from "@dealscope/shared/engagement-panel";
import { expect, it } from "vitest";
import { rowsOf } from "../src/card/engagement/timeline-rows.ts";

const mail = { at: "2026-11-28T12:00:00.000Z", person: null, channel: "email", subject: "Quote", campaign: null };
const opened = (id: string, machine: "prefetched" | null): TimelineEntry => ({ ...mail, id, kind: "opened", machine });
const told = (id: string, kind: "sent" | "delivered", subject = "Quote"): TimelineEntry => ({
  ...{ ...mail, id, kind, subject },
  reason: null,
});
const stage: TimelineEntry = { id: "s", at: mail.at, kind: "stage", from: null, to: "Won" };

const looks = (entries: TimelineEntry[]) =>
  rowsOf(entries).map((row) =>
    row.kind === "machines" ? row.entries.map(({ id }) => id).join("+") : `${row.kind} ${row.entry.id}`,
  );

it("puts what does not count and stands together into one row, and leaves alone what does", () => {
  expect(looks([opened("1", "prefetched"), opened("2", "prefetched"), opened("3", "prefetched")])).toEqual(["1+2+3"]);
  expect(looks([opened("1", "prefetched"), opened("2", null), opened("3", "prefetched")])).toEqual([
    "entry 1",
    "entry 2",
    "entry 3",
  ]);
  expect(looks([opened("1", "prefetched"), stage, opened("3", "prefetched"), opened("4", "prefetched")])).toEqual([
    "entry 1",
    "entry s",
    "3+4",
  ]);
});

it("makes one row of a mail that was sent and has arrived with nothing between", () => {
  expect(looks([told("2", "delivered"), told("1", "sent")])).toEqual(["arrived 2"]);
  expect(looks([told("2", "delivered"), told("1", "sent", "Another")])).toEqual(["entry 2", "entry 1"]);
  expect(looks([told("2", "delivered"), stage, told("1", "sent")])).toEqual(["entry 2", "entry s", "entry 1"]);
  expect(looks([told("1", "sent"), told("2", "delivered")])).toEqual(["entry 1", "entry 2"]);
});

it("changes nothing of what it was given", () => {
  const entries = [opened("1", "prefetched"), opened("2", "prefetched"), opened("3", "prefetched")];
  rowsOf(entries);
  expect(entries).toHaveLength(3);
  expect(looks(entries)).toEqual(["1+2+3"]);
});
