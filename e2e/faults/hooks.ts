import type { Stage } from "../stage/stage.ts";

interface Summary {
  webhooks: { total: { byStatus: Record<string, number> } };
}

/** With what the webhooks of an account were ever answered; "0" is no answer in time. */
export async function hookAnswers(stage: Stage, account: number): Promise<string[]> {
  const { webhooks } = await stage.control<Summary>("ledger/summary", { account });
  return Object.keys(webhooks.total.byStatus);
}
