import type { StageRef } from "@dealscope/shared/stage-ref";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import { Clients } from "../../installation/clients.ts";
import type { Lead } from "../../kommo/resources.ts";
import { confirmMove, moveIn, type StageMove } from "../../leads/stage-history.ts";
import { isRefusal } from "../../write-back/refusal.ts";
import { isSame } from "./course.ts";
import { type Hop, leadTo } from "./hops.ts";
import type { Place } from "./place-rows.ts";

/** A move with the event that tells of it. */
export type LoggedMove = StageMove & { eventId: string };

/** Kommo's clock may be behind ours by so much. */
const BEHIND_MS = 3 * 60_000;

/** Webhooks come late or not at all: where those that came do not lead to where a deal stands, Kommo's own log is asked. */
@Injectable()
export class UntoldMoves {
  constructor(private readonly clients: Clients) {}

  async of(accountId: number, lead: Lead, place: Place | undefined, told: readonly Hop[]): Promise<LoggedMove[]> {
    const now: StageRef = { pipelineId: lead.pipeline_id, statusId: lead.status_id };
    const isExpected = !place || (place.moving && isSame(place.moving, now)) || leadTo(place.place, now, told);
    if (isExpected) return [];
    const kommo = await this.clients.of(accountId, "gate");
    const log = await kommo
      .movesOfLead(lead.id, new Date(place.since.getTime() - BEHIND_MS))
      .catch((error: unknown) => {
        // Without it the deal is judged by what was told, as it is when there is nothing in it.
        if (isRefusal(error)) return [];
        throw error;
      });
    return log.flatMap((event) => {
      const move = moveIn(event);
      return move ? [{ ...move, eventId: event.id }] : [];
    });
  }
}

/** The lead is locked by the caller. */
export async function noteMoves(tx: Tx, accountId: number, moves: readonly LoggedMove[]) {
  const inOrder = moves.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  for (const { eventId, ...move } of inOrder) await confirmMove(tx, accountId, eventId, move);
}
