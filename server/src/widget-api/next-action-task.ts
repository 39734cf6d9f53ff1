import type { CardVerdict } from "@dealscope/shared/card";
import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { SettingsService } from "../qualification/settings.service.ts";
import { markerFor } from "../write-back/marker.ts";
import { WriteBack } from "../write-back/write-back.ts";
import { ApiFailure } from "./api-failure.ts";
import type { Rep } from "./rights.ts";

/** What is to be done next is to be done soon; whoever has the task moves it in Kommo. */
const DUE_SECONDS = 3_600;

/** Makes what a verdict advises a task of Kommo's, on a rep's word: once a verdict, however often it is clicked. */
@Injectable()
export class NextActionTasks {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly settings: SettingsService,
    private readonly writes: WriteBack,
  ) {}

  /** @throws ApiFailure "conflict" when another verdict stands by now, or nothing may be written */
  async make({ accountId, userId, name }: Rep, leadId: number, verdictId: number): Promise<void> {
    const { dryRun } = await this.settings.of(accountId);
    if (dryRun) throw new ApiFailure("conflict", "This is a dry run: nothing is written into Kommo.");
    await this.tenancy.run(accountId, async (tx) => {
      const [newest] = await tx.query(
        `SELECT v.id, v.detail->>'nextAction' AS text, l.responsible_user_id
           FROM verdict v JOIN lead l USING (lead_id) WHERE v.lead_id = $1 ORDER BY v.id DESC LIMIT 1`,
        [leadId],
      );
      if (newest?.id !== verdictId || !newest.text) {
        throw new ApiFailure(
          "conflict",
          "The lead has been judged again meanwhile. Look at its next action as it is now.",
        );
      }
      await this.writes.put(tx, accountId, {
        leadId,
        origin: "rep",
        target: "task",
        marker: markerOf(accountId, leadId, verdictId),
        body: {
          text: newest.text,
          completeTill: Math.floor(Date.now() / 1000) + DUE_SECONDS,
          responsibleUserId: newest.responsible_user_id ?? userId,
        },
      });
      await tx.query("INSERT INTO audit (account_id, actor, action, subject) VALUES ($1, $2, 'task made', $3)", [
        accountId,
        name,
        `lead ${leadId}`,
      ]);
    });
  }
}

/** What became of the task of a verdict. */
export async function readTask(
  tx: Tx,
  accountId: number,
  leadId: number,
  verdictId: number,
): Promise<CardVerdict["task"]> {
  const [row] = await tx.query("SELECT state FROM write WHERE marker = $1", [markerOf(accountId, leadId, verdictId)]);
  return row?.state ?? null;
}

const markerOf = (accountId: number, leadId: number, verdictId: number) =>
  markerFor(accountId, "next action", leadId, verdictId);
