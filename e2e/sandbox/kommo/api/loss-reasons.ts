import type { Api } from "./api.ts";
import { list } from "./paging.ts";
import { notFound } from "./problem.ts";

export function lossReasonRoutes(api: Api): void {
  const path = "/leads/loss_reasons";

  api.get(path, (call) => {
    const reasons = [...call.account.lossReasons.values()];
    return list(call, reasons, { path, name: "loss_reasons", render: (reason) => reason });
  });

  api.get(`${path}/:id`, (call) => {
    const reason = call.account.lossReasons.get(call.id());
    if (!reason) throw notFound();
    return reason;
  });
}
