import fc from "fast-check";
import { expect, test } from "vitest";
import { type MailTold, readMailTold } from "../../webhooks/mail-told.ts";
import { linkKey, shownLink } from "./link.ts";
import { type MailMoment, machineClicks, toldMachine } from "./machines.ts";

const told = (metric: string, data: object): MailTold =>
  readMailTold(JSON.stringify({ event_id: "e", object_type: "email", metric, timestamp: 1_731_000_000, data })).told!;

test.each([
  ["opened", {}, null],
  ["opened", { proxied: true }, "proxied"],
  ["opened", { proxied: true, prefetched: true }, "prefetched"],
  ["opened", { synthetic: true }, "synthetic"],
  ["opened", { machine: true }, null],
  ["clicked", { machine: true }, "machine"],
  ["clicked", { prefetched: true }, null],
  ["sent", { machine: true }, null],
])("%s with %j is a machine's: %s", (metric, data, machine) => {
  expect(toldMachine(told(metric, data), false)).toBe(machine);
});

test("what came through a proxy counts where an administrator wants it, and what is known to be a machine's never does", () => {
  expect(toldMachine(told("opened", { proxied: true }), true)).toBeNull();
  expect(toldMachine(told("opened", { proxied: true, prefetched: true }), true)).toBe("prefetched");
});

const moment = (eventId: string, metric: MailMoment["metric"], second: number, link = "#1"): MailMoment => ({
  eventId,
  metric,
  at: new Date(second * 1000),
  linkKey: metric === "clicked" ? link : null,
});
const found = (...moments: MailMoment[]) => Object.fromEntries(machineClicks(moments));

test("three links within ten seconds are a scanner's, and whatever was clicked among them", () => {
  const scan = [1, 2, 3].map((n) => moment(`c${n}`, "clicked", 100 + n * 3, `#${n}`));
  expect(found(...scan.toReversed(), moment("again", "clicked", 110, "#1"))).toEqual({
    c1: "scanner",
    c2: "scanner",
    c3: "scanner",
    again: "scanner",
  });
});

test("two links, or three over a longer time, or one thrice, are a person's", () => {
  expect(found(moment("a", "clicked", 100), moment("b", "clicked", 101, "#2"))).toEqual({});
  expect(found(...[0, 6, 11].map((second, n) => moment(`c${n}`, "clicked", second, `#${n}`)))).toEqual({});
  expect(found(...[0, 1, 2].map((second) => moment(`c${second}`, "clicked", second)))).toEqual({});
});

test("a click in the moment in which the mail arrived was not made by who read it", () => {
  expect(found(moment("sent", "sent", 98), moment("a", "clicked", 100))).toEqual({ a: "too_fast" });
  expect(found(moment("sent", "sent", 90), moment("d", "delivered", 99), moment("a", "clicked", 100))).toEqual({
    a: "too_fast",
  });
  // The mail server has told of it late.
  expect(found(moment("sent", "sent", 90), moment("a", "clicked", 100), moment("d", "delivered", 130))).toEqual({});
  expect(found(moment("a", "clicked", 100))).toEqual({});
});

test("links are told apart by their number, else by all of their address, of which only a part is shown", () => {
  expect(linkKey("https://a.test/?token=1", "7")).toBe("#7");
  expect(linkKey("https://a.test/?token=1", null)).not.toBe(linkKey("https://a.test/?token=2", null));
  expect(shownLink("https://a.test/x?token=1")).toBe(shownLink("https://a.test/x?token=2"));
  expect(linkKey(null, null)).toBeNull();
});

/** The same, said plainly: every click with every other. */
function plainly(moments: readonly MailMoment[]): Map<string, string> {
  const clicks = moments.filter(({ metric }) => metric === "clicked");
  const found = new Map<string, string>();
  for (const click of clicks) {
    const arrived = moments.filter(({ metric, at }) => metric !== "clicked" && at <= click.at).map(({ at }) => +at);
    if (arrived.some((time) => +click.at - time <= 2_000)) found.set(click.eventId, "too_fast");
  }
  for (const first of clicks) {
    const together = clicks.filter(({ at }) => at >= first.at && +at - +first.at <= 10_000);
    if (new Set(together.map(({ linkKey }) => linkKey)).size >= 3)
      for (const { eventId } of together) found.set(eventId, "scanner");
  }
  return found;
}

test("whatever happens to a mail, in whatever order it is told, a plain count finds the same", () => {
  const moment = fc.record({
    metric: fc.constantFrom("sent" as const, "delivered" as const, "clicked" as const, "clicked" as const),
    second: fc.integer({ min: 0, max: 40 }),
    linkKey: fc.constantFrom("a", "b", "c", "d"),
  });
  fc.assert(
    fc.property(fc.array(moment, { maxLength: 25 }), (drawn) => {
      const moments = drawn.map(({ metric, second, linkKey }, place): MailMoment => {
        return { eventId: String(place), metric, at: new Date(second * 1_000), linkKey };
      });
      expect(new Map([...machineClicks(moments)].sort())).toEqual(new Map([...plainly(moments)].sort()));
    }),
    { numRuns: 2_000 },
  );
});

test("somebody who clicks a hundred thousand times holds nobody up", () => {
  const clicks = Array.from({ length: 100_000 }, (_, place): MailMoment => {
    return { eventId: String(place), metric: "clicked", at: new Date(place), linkKey: String(place % 2) };
  });
  expect(machineClicks(clicks).size).toBe(0);
});
