import type { Missing } from "@dealscope/shared/committee";
import type { StageRef } from "@dealscope/shared/stage-ref";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import { markerFor } from "../../write-back/marker.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import { GATE } from "../gate-kind.ts";
import type { OurMove } from "./course.ts";
import type { Hold } from "./gate-rows.ts";
import { type Names, sayMissing } from "./wording.ts";

/** A hold as people are told of it. */
export interface Told {
  accountId: number;
  leadId: number;
  hold: Pick<Hold, "id" | "wanted" | "remindedAt" | "escalatedAt">;
  missing: readonly Missing[];
  names: Names;
}

/** What a hold changes in Kommo, as rows of write-back. However often it is judged, its marks make each thing once. */
@Injectable()
export class HoldWrites {
  constructor(private readonly writes: WriteBack) {}

  /** Moves the deal, unless somebody has moved it meanwhile: then it is judged again. */
  async move(tx: Tx, accountId: number, leadId: number, { from, to }: OurMove) {
    const write = { leadId, origin: "gate", workKind: GATE, target: "lead" } as const;
    await this.writes.put(tx, accountId, { ...write, body: { stage: to }, expect: { stage: from } });
  }

  /** One task for a hold; a note for each stage the deal was sent back from. */
  async tell(tx: Tx, told: Told, place: StageRef, responsible: number | undefined, dueHours: number) {
    const { accountId, leadId, hold, missing, names } = told;
    const stage = names.stage(hold.wanted.statusId, hold.wanted.pipelineId);
    await this.task(tx, told, "task", sayMissing(names, "held", { stage }, missing), responsible, dueHours);
    const places = { stage, place: names.stage(place.statusId, place.pipelineId) };
    const { pipelineId, statusId } = hold.wanted;
    await this.writes.put(tx, accountId, {
      ...{ leadId, origin: "gate", target: "note" },
      marker: markerFor(accountId, "gate note", hold.id, pipelineId, statusId),
      body: { text: sayMissing(names, "movedBack", places, missing) },
    });
  }

  /** The task begins anew, so that there is one and it is due again. */
  async remind(tx: Tx, told: Told, responsible: number | undefined, replaced: string) {
    await this.done(tx, told, "task", replaced);
    const stage = told.names.stage(told.hold.wanted.statusId, told.hold.wanted.pipelineId);
    const text = sayMissing(told.names, "reminder", { stage }, told.missing);
    await this.task(tx, told, "reminder", text, responsible, REMINDER_HOURS);
  }

  /** Tells somebody else, who has a task of his own. */
  async escalate(tx: Tx, told: Told, userId: number, hours: number) {
    const stage = told.names.stage(told.hold.wanted.statusId, told.hold.wanted.pipelineId);
    const text = sayMissing(told.names, "escalation", { stage, hours: String(hours) }, told.missing);
    await this.task(tx, told, "escalation", text, userId, REMINDER_HOURS);
  }

  /** Closes whatever tasks the hold has. */
  async close(tx: Tx, told: Pick<Told, "accountId" | "leadId" | "hold">, result: string) {
    await this.done(tx, told, told.hold.remindedAt === null ? "task" : "reminder", result);
    if (told.hold.escalatedAt !== null) await this.done(tx, told, "escalation", result);
  }

  private async task(
    tx: Tx,
    { accountId, leadId, hold }: Told,
    which: Task,
    text: string,
    responsibleUserId: number | undefined,
    dueHours: number,
  ) {
    await this.writes.put(tx, accountId, {
      ...{ leadId, origin: "gate", target: "task" },
      marker: markerOf(accountId, which, hold.id),
      body: {
        text,
        completeTill: Math.floor(Date.now() / 1000) + dueHours * 3_600,
        ...(responsibleUserId === undefined ? {} : { responsibleUserId }),
      },
    });
  }

  private async done(
    tx: Tx,
    { accountId, leadId, hold }: Pick<Told, "accountId" | "leadId" | "hold">,
    which: Task,
    result: string,
  ) {
    const marker = markerOf(accountId, which, hold.id);
    await this.writes.put(tx, accountId, { leadId, origin: "gate", target: "task_done", body: { marker, result } });
  }
}

const REMINDER_HOURS = 8;

type Task = "task" | "reminder" | "escalation";

const markerOf = (accountId: number, which: Task, holdId: number) => markerFor(accountId, `gate ${which}`, holdId);
