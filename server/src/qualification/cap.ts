import type { Settings } from "@dealscope/shared/settings";
import type { Tenancy } from "../database/tenancy.ts";
import { spentThisMonth } from "./verdict-rows.ts";

/** Whether the account has spent what it may in this calendar month. */
export async function isOverCap(tenancy: Tenancy, accountId: number, { monthlyCapDollars }: Settings) {
  if (monthlyCapDollars === null) return false;
  const { costMicros } = await tenancy.run(accountId, (tx) => spentThisMonth(tx));
  return costMicros >= monthlyCapDollars * 1_000_000;
}
