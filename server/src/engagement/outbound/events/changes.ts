import type { OurEvent } from "@dealscope/shared/engagement";
import { LOST, type StageRef, WON } from "@dealscope/shared/stage-ref";
import type { Provisioned } from "../../../installation/provisioning.ts";
import type { Attributes } from "../deals/attribute.ts";
import { stageAttributes } from "../deals/deal-attributes.ts";

/** What is heard of later than so long after it happened, as by a scan, starts no campaign unless an administrator wants it. */
export const LATE_MS = 3_600_000;

export interface Move {
  ordinal: number;
  at: Date;
  /** When we were told; null where that is not known. */
  heardAt: Date | null;
  from: StageRef | null;
  to: StageRef;
}

/** What was last said of a deal's worth, by a verdict or by a person. */
export interface Judgement {
  /** Tells it from every other one. */
  key: string;
  at: Date;
}

/** What has happened to a deal that is not told yet. */
export interface Untold {
  created: { at: Date; heardAt: Date | null; in: StageRef } | null;
  moves: readonly Move[];
  judgement: Judgement | null;
}

/** One event: the same for everybody it is told to, apart from its id. */
export interface Change {
  name: OurEvent;
  key: string;
  at: Date;
  heardAt: Date | null;
  /** Beside what the deal itself tells. */
  data: Attributes;
}

const OUTCOMES = new Map<number, OurEvent>([
  [WON, "deal_won"],
  [LOST, "deal_lost"],
]);

/** One event per change, in the order of the changes. A deal that is won or lost by a move is told of that, too. */
export function changesOf({ created, moves, judgement }: Untold, pipelines: Provisioned["pipelines"]): Change[] {
  const ending = (to: StageRef, change: Omit<Change, "name">): Change[] => {
    const name = OUTCOMES.get(to.statusId);
    return name ? [{ ...change, name }] : [];
  };
  const birth = created && {
    ...{ key: "created", at: created.at, heardAt: created.heardAt },
    data: stageAttributes(pipelines, created.in),
  };
  return [
    ...(birth ? [{ ...birth, name: "deal_created" as const }, ...ending(created.in, birth)] : []),
    ...moves.flatMap((move): Change[] => {
      const { at, heardAt } = move;
      const told = { key: `move-${move.ordinal}`, at, heardAt, data: movedData(pipelines, move) };
      return [{ ...told, name: "deal_stage_changed" }, ...ending(move.to, told)];
    }),
    ...(judgement ? [{ ...judgement, heardAt: judgement.at, name: "lead_qualified" as const, data: {} }] : []),
  ];
}

/** The stage that it came to, which need not be the one it stands in by now, and the one it came from. */
function movedData(pipelines: Provisioned["pipelines"], { from, to }: Move): Attributes {
  const before = from && stageAttributes(pipelines, from);
  return {
    ...stageAttributes(pipelines, to),
    ...Object.fromEntries(Object.entries(before ?? {}).map(([name, value]) => [`from_${name}`, value])),
  };
}

/**
 * Those that are told, by what an administrator has chosen. What was heard in time is never late, however long Kommo or a gate
 * let us wait; but what nobody was there to hear is told only to whoever comes soon.
 */
export function wanted(
  changes: readonly Change[],
  { events, lateEvents }: { events: readonly OurEvent[]; lateEvents: boolean },
  { now, unheardAt }: { now: Date; unheardAt: Date | null },
): Change[] {
  const isLate = ({ at, heardAt }: Change) => {
    const isPassed = heardAt === null || (unheardAt !== null && heardAt <= unheardAt);
    return (isPassed ? now : heardAt).getTime() - at.getTime() > LATE_MS;
  };
  return changes.filter((change) => events.includes(change.name) && (lateEvents || !isLate(change)));
}
