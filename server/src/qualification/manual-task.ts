import type { Verdict } from "@dealscope/shared/qualification";
import type { Lead } from "../kommo/resources.ts";
import { markerFor } from "../write-back/marker.ts";
import type { NewWrite } from "../write-back/write-row.ts";

const DUE_SECONDS = 3_600;

/** One task a lead, however often the model fails. */
export function manualTaskMarker(accountId: number, leadId: number): string {
  return markerFor(accountId, "qualify by hand", leadId);
}

export function manualTaskWrite(accountId: number, lead: Lead, verdict: Verdict): NewWrite {
  return {
    leadId: lead.id,
    origin: "qualification",
    target: "task",
    marker: manualTaskMarker(accountId, lead.id),
    body: {
      text: `${verdict.nextAction} ${verdict.summary}`,
      completeTill: Math.floor(Date.now() / 1000) + DUE_SECONDS,
      ...(lead.responsible_user_id ? { responsibleUserId: lead.responsible_user_id } : {}),
    },
  };
}
