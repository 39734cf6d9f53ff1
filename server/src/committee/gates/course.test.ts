import type { Missing } from "@dealscope/shared/committee";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Course, course, isSame, type LastMove, type Rules, type Standing } from "./course.ts";

type Stage = Standing["place"];

const STAGES = [1, 2, 3, 4].map((statusId): Stage => ({ pipelineId: 7, statusId }));
const missing: Missing = { kind: "role", role: "lawyer" };

/** Whatever people, machines and outages do to one deal, in any order. */
type Deed =
  | { do: "move"; to: number }
  /** What a stage asks for is there now, or no longer. */
  | { do: "approve"; stage: number; is: boolean }
  | { do: "rule"; stage: number; is: boolean }
  | { do: "delete stage"; stage: number }
  /** Somebody has told us; the others are told of once at the end, by the scan. */
  | { do: "judge" }
  /** A write is read for and sent, and arrives some time later, whatever has happened meanwhile. */
  | { do: "send" }
  | { do: "arrive" }
  /** Kommo refuses what is to be written, for good. */
  | { do: "refuse write" }
  | { do: "overrule" };

/** A deal in Kommo, its one row at the gates, and the writes in between. */
class Deal implements Rules {
  now = STAGES[0]!;
  standing: Standing = { place: STAGES[0]!, moving: null, wanted: null, isOverruled: false };
  writes: LastMove[] = [];
  last: LastMove | null = null;
  sent: { rows: number; from: Stage; to: Stage } | null = null;
  readonly approved = new Set<number>();
  readonly ruled = new Set([2, 3]);
  readonly gone = new Set<number>();
  openTasks = 0;
  /** How its holds have ended. */
  readonly endings: Course["ended"][] = [];
  isAsked = false;
  /** Where a person has moved it last; null where that cannot be told from a move of ours. */
  desired: Stage | null = null;

  judge = (_: Stage, to: Stage) =>
    this.ruled.has(to.statusId) && !this.approved.has(to.statusId) ? [missing] : ([] as Missing[]);
  exists = (stage: Stage) => !this.gone.has(stage.statusId);
  rules = (stage: Stage) => this.ruled.has(stage.statusId);

  do(deed: Deed) {
    const toggle = (set: Set<number>, stage: number, is: boolean) => void (is ? set.add(stage) : set.delete(stage));
    if (deed.do === "move") this.moveTo(deed.to);
    else if (deed.do === "approve") toggle(this.approved, deed.stage, deed.is);
    else if (deed.do === "rule") toggle(this.ruled, deed.stage, deed.is);
    else if (deed.do === "delete stage") this.deleteStage(deed.stage);
    else if (deed.do === "judge") this.look();
    else if (deed.do === "send") this.send();
    else if (deed.do === "arrive") this.arrive();
    else if (deed.do === "overrule") this.overrule();
    else if (this.sent === null && this.writes.length > 0) this.end("dead", this.writes.length);
  }

  /** All that is on its way arrives. */
  settle() {
    this.isAsked = true;
    for (let rounds = 0; this.isAsked || this.writes.length > 0 || this.standing.moving; rounds++) {
      if (rounds > 20) throw new Error("It goes round in circles.");
      this.isAsked = false;
      this.look();
      this.arrive();
      this.send();
      this.arrive();
    }
  }

  /** What a person does at the card of a deal that is held. */
  private overrule() {
    const { place, wanted, isOverruled } = this.standing;
    if (!wanted || isOverruled || !this.exists(wanted)) return;
    this.standing = { place, moving: wanted, wanted, isOverruled: true };
    this.put({ from: place, to: wanted });
  }

  private put(move: Omit<LastMove, "state">) {
    this.last = { ...move, state: "due" };
    this.writes.push(this.last);
  }

  /** All rows that are written as one have one end. */
  private end(state: LastMove["state"], rows: number) {
    for (const row of this.writes.splice(0, rows)) row.state = state;
    this.isAsked = true;
  }

  private moveTo(statusId: number) {
    const to = STAGES.find((stage) => stage.statusId === statusId)!;
    if (!this.exists(to)) return;
    this.now = to;
    this.desired = isSame(to, this.standing.place) ? null : to;
  }

  /** Its deals fall to the first stage, which cannot be deleted. */
  private deleteStage(statusId: number) {
    this.gone.add(statusId);
    if (this.now.statusId === statusId) this.now = STAGES[0]!;
  }

  private look() {
    const before = this.standing;
    const { place, moving, wanted, isOverruled, ended, move, missing } = course(before, this.now, this.last, this);
    const isOurs = before.moving !== null && isSame(before.moving, place);
    const isLetPass = before.isOverruled && before.wanted !== null && isSame(before.wanted, place);
    const wasAllowed =
      this.judge(before.place, place).length === 0 || isOurs || isLetPass || !this.exists(before.place);
    if (!isSame(place, before.place)) expect(wasAllowed).toBe(true);
    if (before.wanted === null && wanted !== null) this.openTasks++;
    if (ended !== null) {
      this.openTasks--;
      this.endings.push(ended);
    }
    // Nobody who is held is forgotten: something is missing, or he is on his way.
    if (wanted !== null) expect(missing.length > 0 || (moving !== null && isSame(moving, wanted))).toBe(true);
    this.standing = { place, moving, wanted, isOverruled };
    if (move) this.put(move);
  }

  /** Rows of one deal are written as one, the last of them; a row that comes too late is told of. */
  private send() {
    const last = this.writes.at(-1);
    if (!last || this.sent) return;
    if (isSame(this.now, last.to)) this.end("sent", this.writes.length);
    else if (isSame(this.now, last.from) && this.exists(last.to)) {
      this.sent = { rows: this.writes.length, from: last.from, to: last.to };
    }
    // A stage that is gone is refused, and seen to be gone.
    else this.end(this.exists(last.to) ? "superseded" : "dead", this.writes.length);
  }

  private arrive() {
    if (!this.sent) return;
    const { rows, from, to } = this.sent;
    // Kommo has no locks: who moves a deal between our reading and its writing is overwritten.
    if (!isSame(this.now, from)) this.desired = null;
    if (this.exists(to)) this.now = to;
    this.end(this.exists(to) ? "sent" : "dead", rows);
    this.sent = null;
  }
}

const stage = fc.integer({ min: 1, max: 4 });
const deed = fc.oneof(
  fc.record({ do: fc.constant("move" as const), to: stage }),
  fc.record({ do: fc.constant("approve" as const), stage, is: fc.boolean() }),
  fc.record({ do: fc.constant("rule" as const), stage, is: fc.boolean() }),
  fc.record({ do: fc.constant("delete stage" as const), stage: fc.integer({ min: 2, max: 4 }) }),
  fc.constant<Deed>({ do: "judge" }),
  fc.constant<Deed>({ do: "send" }),
  fc.constant<Deed>({ do: "arrive" }),
  fc.constant<Deed>({ do: "refuse write" }),
  fc.constant<Deed>({ do: "overrule" }),
);

test("whatever happens in whatever order, the deal ends where the rules allow, with one open task at most", () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
      const deal = new Deal();
      for (const one of deeds) {
        deal.do(one);
        expect(deal.openTasks).toBe(deal.standing.wanted === null ? 0 : 1);
      }
      deal.settle();
      const { place, moving, wanted, isOverruled } = deal.standing;
      expect(deal.now).toEqual(place);
      expect(moving).toBeNull();
      expect(deal.openTasks).toBe(wanted === null ? 0 : 1);
      expect(isOverruled).toBe(false);
      // Still held is only who may not pass.
      if (wanted) expect(deal.judge(place, wanted)).not.toEqual([]);
      const isLost = deeds.some((one) => one.do === "delete stage");
      // It is where a person has put it last, or held on the way there.
      if (deal.desired && !isLost) expect([place, wanted]).toContainEqual(deal.desired);
    }),
    { numRuns: 5_000 },
  );
});

test("a deal that is held moves on by itself when what was missing is there", () => {
  const deal = new Deal();
  deal.do({ do: "move", to: 2 });
  deal.settle();
  expect(deal.now.statusId).toBe(1);
  deal.do({ do: "approve", stage: 2, is: true });
  deal.settle();
  expect([deal.now.statusId, deal.openTasks]).toEqual([2, 0]);
});

test("a deal that went elsewhere meanwhile is no longer wanted where it was held from", () => {
  const deal = new Deal();
  deal.do({ do: "move", to: 2 });
  deal.settle();
  deal.do({ do: "move", to: 4 });
  deal.settle();
  deal.do({ do: "approve", stage: 2, is: true });
  deal.settle();
  expect([deal.now.statusId, deal.openTasks]).toEqual([4, 0]);
});

test("a move on that Kommo refuses is asked for until it is written, and its hold lasts as long", () => {
  const deal = new Deal();
  deal.do({ do: "move", to: 2 });
  deal.settle();
  deal.do({ do: "approve", stage: 2, is: true });
  for (let times = 0; times < 3; times++) {
    deal.do({ do: "judge" });
    deal.do({ do: "refuse write" });
    expect([deal.now.statusId, deal.openTasks]).toEqual([1, 1]);
  }
  deal.settle();
  expect([deal.now.statusId, deal.openTasks, deal.endings]).toEqual([2, 0, ["approved"]]);
});

test("who was let pass stays let pass when Kommo refuses the move, and is held again when it is dragged elsewhere", () => {
  const deal = new Deal();
  deal.do({ do: "move", to: 2 });
  deal.settle();
  deal.do({ do: "overrule" });
  deal.do({ do: "refuse write" });
  deal.settle();
  expect([deal.now.statusId, deal.openTasks, deal.endings]).toEqual([2, 0, ["overruled"]]);
  deal.do({ do: "move", to: 3 });
  deal.settle();
  deal.do({ do: "overrule" });
  deal.do({ do: "refuse write" });
  deal.do({ do: "move", to: 1 });
  deal.do({ do: "judge" });
  deal.do({ do: "move", to: 3 });
  deal.settle();
  expect([deal.now.statusId, deal.openTasks]).toEqual([1, 1]);
});

test("an approval that is taken back while Kommo still refuses the move holds the deal again", () => {
  const deal = new Deal();
  deal.do({ do: "move", to: 2 });
  deal.settle();
  deal.do({ do: "approve", stage: 2, is: true });
  deal.do({ do: "judge" });
  deal.do({ do: "approve", stage: 2, is: false });
  deal.settle();
  expect([deal.now.statusId, deal.openTasks]).toEqual([1, 1]);
});

test("a move back that Kommo refuses is asked for again", () => {
  const deal = new Deal();
  deal.do({ do: "move", to: 2 });
  deal.do({ do: "judge" });
  deal.do({ do: "refuse write" });
  expect([deal.now.statusId, deal.openTasks]).toEqual([2, 1]);
  deal.settle();
  expect([deal.now.statusId, deal.openTasks]).toEqual([1, 1]);
});
