import type { Costs } from "@dealscope/shared/costs";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { SettingsService } from "../qualification/settings.service.ts";
import { spentThisMonth } from "../qualification/verdict-rows.ts";

const DAYS = 30;
const MONTHS = 12;

/** The ledger of model calls, summed up. */
@Injectable()
export class AccountCosts {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly settings: SettingsService,
  ) {}

  async of(accountId: number): Promise<Costs> {
    return this.tenancy.run(accountId, async (tx) => {
      const { settings } = await this.settings.read(tx, accountId);
      const { monthlyCapDollars } = settings;
      const months: Costs["months"] = await tx.query(
        `SELECT to_char(spend.month, 'YYYY-MM') AS month, sum(cost_micros)::bigint AS "costMicros", sum(calls)::int AS calls
           FROM spend GROUP BY spend.month ORDER BY spend.month DESC LIMIT ${MONTHS}`,
      );
      const days: Costs["days"] = await tx.query(
        `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, sum(cost_micros)::bigint AS "costMicros", count(*) AS calls,
                coalesce(sum((usage->>'prompt')::bigint), 0)::bigint AS "promptTokens",
                coalesce(sum((usage->>'cached')::bigint), 0)::bigint AS "cachedTokens",
                coalesce(sum((usage->>'completion')::bigint), 0)::bigint AS "completionTokens"
           FROM model_call WHERE at > app_now() - interval '${DAYS} days' GROUP BY day ORDER BY day DESC`,
      );
      const outcomes: Costs["outcomes"] = await tx.query(
        `SELECT outcome, count(*) AS calls, sum(cost_micros)::bigint AS "costMicros"
           FROM model_call WHERE at > app_now() - interval '${DAYS} days' GROUP BY outcome ORDER BY calls DESC, outcome`,
      );
      return {
        month: await spentThisMonth(tx),
        capMicros: monthlyCapDollars === null ? null : Math.round(monthlyCapDollars * 1_000_000),
        months,
        days,
        outcomes,
      };
    });
  }
}
