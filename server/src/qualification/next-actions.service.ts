import type { TaskWish } from "@dealscope/shared/card";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { markerFor } from "../write-back/marker.ts";
import { WriteBack } from "../write-back/write-back.ts";
import type { Person } from "./overrides/overrides.service.ts";
import { SettingsService } from "./settings.service.ts";

/** There is nothing to make a task of, or nothing may be written. */
export class NoTask extends Error {}

/** A verdict's next action as a task in Kommo: one for each verdict, however often somebody clicks. */
@Injectable()
export class NextActions {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly settings: SettingsService,
    private readonly writes: WriteBack,
  ) {}

  /** @throws NoTask */
  async makeTask(accountId: number, leadId: number, { text, minutes }: TaskWish, by: Person): Promise<void> {
    await this.tenancy.run(accountId, async (tx) => {
      const { settings } = await this.settings.read(tx, accountId);
      if (settings.dryRun)
        throw new NoTask("Dry run is on, so nothing is written into Kommo. An administrator can turn it off in Setup.");
      // Two clicks at once take turns here.
      const [lead] = await tx.query("SELECT responsible_user_id FROM lead WHERE lead_id = $1 FOR UPDATE", [leadId]);
      const [verdict] = await tx.query(
        "SELECT id, next_action FROM verdict WHERE lead_id = $1 ORDER BY id DESC LIMIT 1",
        [leadId],
      );
      if (!verdict)
        throw new NoTask("This lead has not been judged yet, so there is no next action. Re-qualify it first.");
      const wanted = text ?? verdict.next_action;
      if (!wanted) throw new NoTask("The verdict names no next action. Write down what is to be done.");
      await this.writes.putOrRevive(tx, accountId, {
        leadId,
        origin: "rep",
        target: "task",
        marker: markerFor(accountId, "next action", leadId, verdict.id),
        body: {
          text: wanted,
          completeTill: Math.floor(Date.now() / 1000) + minutes * 60,
          responsibleUserId: lead?.responsible_user_id ?? by.userId,
          asked: { by: by.name, verdictId: verdict.id },
        },
      });
      await tx.query("INSERT INTO audit (account_id, actor, action, subject) VALUES ($1, $2, 'task asked', $3)", [
        ...[accountId, by.name, `lead ${leadId}`],
      ]);
    });
  }
}
