import type { Missing } from "@dealscope/shared/committee";
import type { StageRef } from "@dealscope/shared/stage-ref";

/** Where a deal stands as far as the gates are concerned. */
export interface Standing {
  /** Where it rightfully stands. */
  place: StageRef;
  /** Where we are just moving it on: asked of Kommo, and not there yet. */
  moving: StageRef | null;
  /** Where somebody wants it who has not got it there yet. */
  wanted: StageRef | null;
  /** Whether somebody has let it pass to there, whatever is missing. */
  isOverruled: boolean;
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
export type Ending = "approved" | "overruled" | "given_up" | "released";

/** Where a deal goes from here, and what is to be done about it. */
export interface Course extends Standing {
  /** Why it may not be where it is wanted; empty when it is wanted nowhere else, or goes on to there. */
  missing: Missing[];
  /** Only when it has arrived where it was wanted, or is wanted there no more: Kommo may refuse a move. */
  ended: Ending | null;
  move: OurMove | null;
}

/** A move of ours, made as long as Kommo still shows `from`. */
export interface OurMove {
  from: StageRef;
  to: StageRef;
}

/** The newest move that we have asked for, and what has become of it. */
export interface LastMove extends OurMove {
  state: "due" | "sent" | "superseded" | "dead";
}

export function isSame(one: StageRef, other: StageRef): boolean {
  return one.pipelineId === other.pipelineId && one.statusId === other.statusId;
}

export function isSameMove(one: OurMove, other: OurMove): boolean {
  return isSame(one.from, other.from) && isSame(one.to, other.to);
}

/**
 * Judges by where the deal is, not by what was told of it: however often and in whatever order moves are told, the answer
 * is the same.
 *
 * @param now where Kommo shows the deal
 */
export function course(before: Standing, now: StageRef, last: LastMove | null, rules: Rules): Course {
  const { wanted } = before;
  const stay: Course = { ...before, missing: [], ended: null, move: null };
  const underWay = last?.state === "due" ? last : null;
  const isOurs = before.moving !== null && last !== null && isSame(last.to, before.moving);
  // Still under way, and where it goes to: the next look is when it is written.
  if (isOurs && underWay && isSame(last.to, now)) return stay;
  if (isOurs && underWay && isSame(before.place, now)) return stillUnderWay(last.to);
  // Our own move has arrived: it is not judged again.
  if (before.moving && isSame(before.moving, now)) stay.place = now;
  // The stage it came from is gone, and with it everything that could be said against leaving it.
  else if (!rules.exists(before.place)) stay.place = now;
  else if (!isSame(now, before.place)) return onTheWay();
  stay.moving = null;
  // It was there, and somebody was quicker than we in taking it back.
  if (isOurs && last.state === "sent" && isSame(now, before.place)) return over(wanted && arrivedAt(wanted));
  // Where Kommo has refused to move it, it is still to go.
  const goal = wanted ?? (last?.state === "dead" ? before.moving : null);
  return goal === null ? stay : towards(goal);

  /** What was there may be missing again: then our move is followed by one back. */
  function stillUnderWay(to: StageRef): Course {
    const missing = missingTo(to);
    if (missing.length === 0) return stay;
    return { ...stay, moving: null, wanted: to, missing, move: { from: to, to: before.place } };
  }

  function onTheWay(): Course {
    const missing = missingTo(now);
    if (missing.length > 0) {
      const back: OurMove = { from: now, to: before.place };
      const isGoingBack = underWay !== null && isSameMove(underWay, back);
      const move = isGoingBack ? null : back;
      return { ...stay, moving: null, wanted: now, isOverruled: false, missing, move };
    }
    const isThere = wanted !== null && isSame(wanted, now);
    // A move of ours that is on its way elsewhere may arrive after this one: it is followed by one to here.
    if (underWay && !isSame(underWay.to, now)) {
      stay.moving = now;
      stay.move = { from: underWay.to, to: now };
      return isThere ? stay : over(wanted && "given_up");
    }
    stay.place = now;
    stay.moving = null;
    return over(wanted && (isThere ? arrivedAt(wanted) : "given_up"));
  }

  function towards(to: StageRef): Course {
    if (isSame(to, stay.place)) return over(wanted && arrivedAt(to));
    if (!rules.exists(to)) return over(wanted && "released");
    const missing = missingTo(to);
    return missing.length > 0 ? { ...stay, wanted: to, missing } : movesOnTo(to);
  }

  /** Its hold goes on: what we ask of Kommo may be refused. */
  function movesOnTo(to: StageRef): Course {
    return { ...stay, moving: to, move: { from: stay.place, to } };
  }

  function over(ended: Ending | null): Course {
    return { ...stay, wanted: null, isOverruled: false, ended };
  }

  function arrivedAt(stage: StageRef): Ending {
    if (before.isOverruled) return "overruled";
    return rules.rules(stage) ? "approved" : "released";
  }

  function missingTo(to: StageRef): Missing[] {
    const mayPass = before.isOverruled && wanted !== null && isSame(wanted, to);
    return mayPass ? [] : rules.judge(stay.place, to);
  }
}
