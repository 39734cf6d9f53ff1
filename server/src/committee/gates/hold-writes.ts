import type { StageRef } from "@dealscope/shared/stage-ref";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import { markerFor } from "../../write-back/marker.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import type { OurMove } from "./course.ts";
import type { Hold } from "./gate-rows.ts";
import { type Names, sayLetIn, sayMissing } from "./wording.ts";

/** A hold as people are told of it. */
export interface Told {
  accountId: number;
  leadId: number;
  hold: Hold;
  names: Names;
}

type Ending = Pick<Told, "accountId" | "leadId" | "hold">;

/** What a hold changes in Kommo, as rows of write-back. However often it is judged, its marks make each thing once. */
@Injectable()
export class HoldWrites {
  constructor(private readonly writes: WriteBack) {}

  /** Moves the deal, unless somebody has moved it meanwhile: then it is judged again. */
  async move(tx: Tx, accountId: number, leadId: number, { from, to }: OurMove) {
    const write = { leadId, origin: "gate", target: "lead" } as const;
    await this.writes.put(tx, accountId, { ...write, body: { stage: to }, expect: { stage: from } });
  }

  /** One task for a hold. What Kommo has refused to make is made as long as there is something to do. */
  async keepTask(tx: Tx, told: Told, responsible: number | undefined, dueHours: number) {
    await this.task(tx, told, currentOf(told), responsible, dueHours);
  }

  /** Its tasks say what they are about now: a hold that is about to end is not told of any more. */
  async retell(tx: Tx, told: Told) {
    const { accountId, leadId, hold } = told;
    if (hold.missing.length === 0 && hold.refusal === null) return;
    for (const which of tasksOf(told)) {
      const body = { marker: markerOf(accountId, which, hold.id), text: textOf(told, which) };
      await this.writes.put(tx, accountId, { leadId, origin: "gate", target: "task_text", body });
    }
  }

  /** For each stage the deal was sent back from, once that has been done. */
  async note(tx: Tx, { accountId, leadId, hold, names }: Told, place: StageRef) {
    const { pipelineId, statusId } = hold.wanted;
    const stages = { stage: names.stage(statusId, pipelineId), place: names.stage(place.statusId, place.pipelineId) };
    await this.writes.put(tx, accountId, {
      ...{ leadId, origin: "gate", target: "note" },
      marker: markerFor(accountId, "gate note", hold.id, pipelineId, statusId),
      body: { text: sayMissing(names, "movedBack", stages, { ...hold, refusal: null }) },
    });
    // The mark is forgotten with the row, which is not kept for ever.
    await tx.query("UPDATE hold SET is_noted = true WHERE id = $1", [hold.id]);
  }

  /** Whoever opens the deal later sees who answers for it, and for what. */
  async noteOverruled(tx: Tx, { accountId, leadId, hold, names }: Told, name: string) {
    const { pipelineId, statusId } = hold.wanted;
    await this.writes.put(tx, accountId, {
      ...{ leadId, origin: "gate", target: "note" },
      marker: markerFor(accountId, "gate overruled", hold.id, pipelineId, statusId),
      body: { text: sayLetIn(names, { name, stage: names.stage(statusId, pipelineId) }, hold.missing) },
    });
  }

  /** The task begins anew, so that there is one and it is due again. */
  async remind(tx: Tx, told: Told, responsible: number | undefined, replaced: string) {
    await this.done(tx, told, "task", replaced);
    await this.task(tx, told, "reminder", responsible, REMINDER_HOURS);
  }

  /** Tells somebody else, who has a task of his own. */
  async escalate(tx: Tx, told: Told, userId: number) {
    await this.task(tx, told, "escalation", userId, REMINDER_HOURS);
  }

  /** Closes whatever tasks the hold has. */
  async close(tx: Tx, told: Ending, result: string) {
    for (const which of tasksOf(told)) await this.done(tx, told, which, result);
  }

  private async task(tx: Tx, told: Told, which: Task, responsibleUserId: number | undefined, dueHours: number) {
    const { accountId, leadId, hold } = told;
    await this.writes.putOrRevive(tx, accountId, {
      ...{ leadId, origin: "gate", target: "task" },
      marker: markerOf(accountId, which, hold.id),
      body: {
        text: textOf(told, which),
        completeTill: Math.floor(Date.now() / 1000) + dueHours * 3_600,
        ...(responsibleUserId === undefined ? {} : { responsibleUserId }),
      },
    });
  }

  private async done(tx: Tx, { accountId, leadId, hold }: Ending, which: Task, result: string) {
    const marker = markerOf(accountId, which, hold.id);
    await this.writes.put(tx, accountId, { leadId, origin: "gate", target: "task_done", body: { marker, result } });
  }
}

const REMINDER_HOURS = 8;
const HOUR_MS = 3_600_000;

type Task = "task" | "reminder" | "escalation";

/** Reminded of, it is another one. */
const currentOf = ({ hold }: Ending): Task => (hold.remindedAt === null ? "task" : "reminder");

const tasksOf = (told: Ending): Task[] => [
  currentOf(told),
  ...(told.hold.escalatedAt === null ? [] : (["escalation"] as const)),
];

const SENTENCE = { task: "held", reminder: "reminder", escalation: "escalation" } as const;

function textOf({ hold, names }: Told, which: Task): string {
  const stage = names.stage(hold.wanted.statusId, hold.wanted.pipelineId);
  const hours = String(Math.floor(hold.ageMs / HOUR_MS));
  return sayMissing(names, SENTENCE[which], { stage, hours }, hold);
}

const markerOf = (accountId: number, which: Task, holdId: number) => markerFor(accountId, `gate ${which}`, holdId);
