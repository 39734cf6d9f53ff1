import type { Missing } from "@dealscope/shared/committee";
import type { StageRef } from "@dealscope/shared/stage-ref";

/** Where a deal stands as far as the gates are concerned. */
export interface Standing {
  /** Where it rightfully stands. */
  place: StageRef;
  /** Where we are just moving it. */
  moving: StageRef | null;
  /** Where somebody wants it who may not have it there yet. */
  wanted: StageRef | null;
}

/** What judges moves: the rules as they are now. */
export interface Rules {
  judge(from: StageRef, to: StageRef): Missing[];
  /** Whether there is such a stage in Kommo. */
  exists(stage: StageRef): boolean;
  /** Whether any rule is in force that could hold a deal from this stage. */
  rules(stage: StageRef): boolean;
}

/** How a hold comes to an end here; see the table `hold`. */
export type Ending = "approved" | "given_up" | "released";

/** Where a deal goes from here, and what is to be done about it. */
export interface Course extends Standing {
  /** Why it does not stand where it is wanted; empty when it is wanted nowhere else. */
  missing: Missing[];
  ended: Ending | null;
  move: OurMove | null;
}

/** A move of ours, made as long as Kommo still shows `from`. */
export interface OurMove {
  from: StageRef;
  to: StageRef;
}

export function isSame(one: StageRef, other: StageRef): boolean {
  return one.pipelineId === other.pipelineId && one.statusId === other.statusId;
}

/**
 * Judges by where the deal is, not by what was told of it: however often and in whatever order moves are told, the answer
 * is the same.
 *
 * @param now where Kommo shows the deal
 * @param underWay the newest move of ours that is not written yet
 */
export function course(before: Standing, now: StageRef, underWay: OurMove | null, rules: Rules): Course {
  const { wanted } = before;
  const stay: Course = { ...before, missing: [], ended: null, move: null };
  const has = (there: boolean) => (wanted === null ? null : there ? "approved" : "given_up");
  const isUnderWay = before.moving !== null && underWay !== null && isSame(underWay.to, before.moving);
  // Still under way, and where it goes from or to: the next look is when it is written.
  if (isUnderWay && [before.place, before.moving].some((stage) => stage && isSame(stage, now))) return stay;
  // Our own move has arrived: it is not judged again.
  if (before.moving && isSame(before.moving, now)) stay.place = now;
  // The stage it came from is gone, and with it everything that could be said against leaving it.
  else if (!rules.exists(before.place)) stay.place = now;
  else if (!isSame(now, before.place)) return onTheWay();
  stay.moving = null;
  return wanted === null ? stay : atItsPlace(wanted);

  function onTheWay(): Course {
    const missing = rules.judge(before.place, now);
    if (missing.length === 0) {
      const ended = has(wanted !== null && isSame(wanted, now));
      // A move of ours that is on its way elsewhere may arrive after this one: it is followed by one to here.
      if (underWay && !isSame(underWay.to, now)) {
        return { ...stay, moving: now, wanted: null, ended, move: { from: underWay.to, to: now } };
      }
      return { ...stay, place: now, moving: null, wanted: null, ended };
    }
    const back: OurMove = { from: now, to: before.place };
    const isGoingBack = underWay !== null && isSame(underWay.from, back.from) && isSame(underWay.to, back.to);
    const move = isGoingBack ? null : back;
    return { ...stay, moving: null, wanted: now, missing, move };
  }

  function atItsPlace(to: StageRef): Course {
    if (isSame(to, stay.place)) return { ...stay, wanted: null, ended: "approved" };
    if (!rules.exists(to)) return { ...stay, wanted: null, ended: "released" };
    const missing = rules.judge(stay.place, to);
    if (missing.length > 0) return { ...stay, missing };
    const ended = rules.rules(to) ? "approved" : "released";
    return { ...stay, moving: to, wanted: null, ended, move: { from: stay.place, to } };
  }
}
