import type { ReportDeal } from "@dealscope/shared/reports";
import type { Tx } from "../database/tenancy.ts";
import type { Frame } from "./question.ts";

interface DealRow {
  id: number;
  name: string;
  pipeline_id: number;
  status_id: number;
  value: number;
  rep_id: number | null;
  rep_name: string | null;
  created_at: Date;
  closed_at: Date | null;
  days: number;
}

/** These deals as a list shows them, in the order of the ids. Who asks has made sure that they may be seen. */
export async function dealsOf(tx: Tx, { stages }: Frame, ids: readonly number[]): Promise<ReportDeal[]> {
  const rows: DealRow[] = await tx.query(
    `SELECT l.lead_id AS id, l.name, l.pipeline_id, l.status_id, l.price::float8 AS value,
            l.responsible_user_id AS rep_id,
            u.name AS rep_name, l.kommo_created_at AS created_at, l.closed_at,
            floor(greatest(0, extract(epoch FROM app_now() - s.since)) / 86400)::int AS days
       FROM unnest($1::bigint[]) WITH ORDINALITY AS meant (lead_id, place)
       JOIN lead l USING (lead_id)
       JOIN deal_standing s USING (lead_id)
       LEFT JOIN kommo_user u ON u.user_id = l.responsible_user_id
      ORDER BY meant.place`,
    [ids],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    stage: stages.named({ pipelineId: row.pipeline_id, statusId: row.status_id }),
    value: row.value,
    repId: row.rep_id,
    repName: row.rep_name ?? "",
    createdAt: row.created_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    daysInStage: row.days,
  }));
}
