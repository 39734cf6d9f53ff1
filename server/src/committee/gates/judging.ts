import { LOST, type StageRef } from "@dealscope/shared/stage-ref";
import type { FieldValue } from "../../kommo/resources.ts";
import type { Rules } from "./course.ts";
import { evaluate, type Member } from "./evaluate.ts";
import { type AccountRules, inForce, ruleOf, stageExists, stagesOf } from "./gate-rules.ts";

/** A deal as far as rules ask for it. */
export interface JudgedDeal {
  members: readonly Member[];
  filled: ReadonlySet<number>;
  /** Where it stood last that was not lost. */
  open: StageRef | null;
}

/** The account's rules as they judge the moves of one deal. */
export function rulesFor(rules: AccountRules, { members, filled, open }: JudgedDeal): Rules {
  return {
    judge(from, to) {
      const order = inForce(rules, to.pipelineId);
      if (!order) return [];
      const move = { from: from.statusId === LOST && open ? open : from, to };
      const stages = stagesOf(rules, to.pipelineId);
      return evaluate({ move, order, rule: ruleOf(rules, to), stages, members, filled, roles: rules.roles });
    },
    exists: (stage) => stageExists(rules, stage),
    rules(stage) {
      const order = inForce(rules, stage.pipelineId);
      return order !== undefined && (order.noSkipping || order.noMovingBack || ruleOf(rules, stage) !== undefined);
    },
  };
}

/** Where the deal stands once it is at `place`: being lost does not count. */
export function openPlace(place: StageRef, before: StageRef | null): StageRef | null {
  return place.statusId === LOST ? before : place;
}

/** Custom fields of a lead with something in them. */
export function filledFields(values: readonly FieldValue[]): Set<number> {
  const isSomething = ({ value }: FieldValue["values"][number]) =>
    value !== null && value !== undefined && String(value).trim() !== "";
  return new Set(values.filter((field) => field.values.some(isSomething)).map((field) => field.field_id));
}
