import type { SpeaksFor } from "@dealscope/shared/engagement";
import { SPAM } from "@dealscope/shared/qualification";
import { WON } from "@dealscope/shared/stage-ref";
import type { Tx } from "../../../database/tenancy.ts";
import type { Provisioned } from "../../../installation/provisioning.ts";
import { spokenFor, spokenForBy } from "./whom.ts";

/** Sums over all deals of a person, under the names that they are sent by, and the deal that is chosen to be shown. */
export interface DealsOfPerson {
  /** Of those that speak for the person: wanted ones before spam and duplicates, open before closed, of the main pipeline before others, the latest. */
  chosen: number | null;
  deals_open: number;
  deals_won: number;
  deals_lost: number;
  deals_won_value: number;
}

/** @param contactIds all who are this person */
export async function dealsOfPerson(
  tx: Tx,
  contactIds: readonly number[],
  speaksFor: SpeaksFor,
  mainPipelineId: number | null,
): Promise<DealsOfPerson> {
  const [row] = await tx.query(
    `WITH deals AS (
       SELECT l.lead_id, l.closed_at, l.status_id, l.price, l.pipeline_id, l.kommo_created_at,
              coalesce(l.segment = '${SPAM}' OR v.rule IN ('duplicate', 'own_staff', 'blocklist'), false) AS unwanted,
              bool_or(${spokenFor("$2", "$3")}) AS speaks
         FROM deal_person d
         JOIN lead l ON l.lead_id = d.lead_id AND l.gone IS NULL AND l.kommo_created_at IS NOT NULL
         LEFT JOIN stakeholder s ON s.lead_id = d.lead_id AND s.contact_id = d.contact_id
         LEFT JOIN LATERAL (SELECT detail->>'rule' AS rule FROM verdict WHERE id = l.verdict_id) v ON true
        WHERE d.contact_id = ANY($1)
        GROUP BY l.account_id, l.lead_id, v.rule)
     SELECT count(*) FILTER (WHERE closed_at IS NULL)::int AS deals_open,
            count(*) FILTER (WHERE closed_at IS NOT NULL AND status_id = ${WON})::int AS deals_won,
            count(*) FILTER (WHERE closed_at IS NOT NULL AND status_id <> ${WON})::int AS deals_lost,
            coalesce(sum(price) FILTER (WHERE closed_at IS NOT NULL AND status_id = ${WON}), 0)::float8 AS deals_won_value,
            (SELECT lead_id FROM deals WHERE speaks
              ORDER BY unwanted, closed_at IS NOT NULL, (pipeline_id = $4) IS NOT TRUE, closed_at DESC, kommo_created_at DESC, lead_id DESC
              LIMIT 1) AS chosen
       FROM deals`,
    [contactIds, ...spokenForBy(speaksFor), mainPipelineId],
  );
  return row;
}

/** Kommo calls one of its pipelines the main one; where it does not, it is the first. */
export function mainPipelineOf({ pipelines }: Pick<Provisioned, "pipelines">): number | null {
  return (pipelines.find(({ isMain }) => isMain) ?? pipelines[0])?.id ?? null;
}
