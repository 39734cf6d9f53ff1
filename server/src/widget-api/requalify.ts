import type { Pending } from "@dealscope/shared/card";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { QUALIFY, type QualifyDetail } from "../qualification/qualify.work.ts";
import { Work } from "../work/work.ts";
import { ApiFailure } from "./api-failure.ts";
import { PENDING_COLUMNS, type PendingRow, toPending } from "./pending.ts";
import type { Rep } from "./rights.ts";

const PAUSE_SECONDS = 10;

/** A person wants a lead judged again, now and by the model: each time is paid for. */
@Injectable()
export class Requalify {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly work: Work,
  ) {}

  /** @throws ApiFailure "too_soon" when somebody asked for the same lead a moment ago */
  async ask(rep: Rep, leadId: number): Promise<Pending> {
    const { accountId } = rep;
    return this.tenancy.run(accountId, async (tx) => {
      // Two clicks at once take turns here.
      await tx.query("SELECT 1 FROM lead WHERE lead_id = $1 FOR UPDATE", [leadId]);
      // When it was asked is told by the row while it waits. Afterwards the verdict's time, a little later, must do.
      const [{ now, seconds_ago }] = await tx.query(
        `SELECT app_now() AS now, extract(epoch FROM app_now() - greatest(
                  (SELECT (detail->>'askedAt')::timestamptz FROM work WHERE kind = $1 AND subject = $2),
                  (SELECT max(decided_at) FROM verdict WHERE lead_id = $2 AND asked_by <> 'events')))::float8 AS seconds_ago`,
        [QUALIFY, leadId],
      );
      if (seconds_ago !== null && seconds_ago < PAUSE_SECONDS) {
        throw new ApiFailure("too_soon", "Somebody has asked for this a moment ago. Please wait ten seconds.", {
          retryAfterSeconds: PAUSE_SECONDS - seconds_ago,
        });
      }
      const detail: QualifyDetail = { askedAt: now.toISOString(), askedBy: rep.name };
      await this.work.schedule(tx, accountId, [
        { kind: QUALIFY, subject: leadId, priority: "interactive", detail: { ...detail } },
      ]);
      await tx.query("INSERT INTO audit (account_id, actor, action, subject) VALUES ($1, $2, 're-qualify asked', $3)", [
        accountId,
        rep.name,
        `lead ${leadId}`,
      ]);
      const [row]: PendingRow[] = await tx.query(
        `SELECT ${PENDING_COLUMNS} FROM work WHERE kind = $1 AND subject = $2`,
        [QUALIFY, leadId],
      );
      return toPending(row!);
    });
  }
}
