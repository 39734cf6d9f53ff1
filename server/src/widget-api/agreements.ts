import type { Agreement, Disagreement } from "@dealscope/shared/prompt-versions";
import type { PromptVersionContent, Verdict } from "@dealscope/shared/qualification";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { agreementOf, labelOf } from "../qualification/back-test/back-test.ts";
import { NEWEST_LABELS } from "../qualification/back-test/labels.ts";
import { PromptVersions } from "../qualification/prompt/prompt-versions.service.ts";

interface LabelRow {
  segment: string | null;
  score: number | null;
  model: string | null;
}

interface ReasonRow extends LabelRow {
  lead_id: number;
  lead_name: string | null;
  by_name: string;
  reason: string;
  said_by: "override" | "label";
  at: Date;
  detail: Verdict;
  judged_by: "verdict" | "back_test";
}

const MOST_SHOWN = 200;

/** The verdict of version `$1` that a person's word `said` is about: the one overridden, or for a label the newest. */
const VERDICT_SPOKEN_OF = `
  SELECT v.segment, v.detail FROM verdict v
   WHERE v.lead_id = said.lead_id AND v.prompt_number = $1
     AND CASE WHEN said.verdict_id IS NULL THEN v.status <> 'needs_manual' ELSE v.id = said.verdict_id END
   ORDER BY v.id DESC LIMIT 1`;

/** What people say of leads, overrides and experts' labels, is what a prompt version is judged by. */
@Injectable()
export class Agreements {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly versions: PromptVersions,
  ) {}

  /**
   * Over the newest word on each lead that this version has judged.
   * @throws NoSuchVersion
   */
  async of(accountId: number, number: number): Promise<Agreement> {
    return this.tenancy.run(accountId, async (tx) => {
      const { segments } = (await this.versions.one(tx, accountId, number)).content;
      const rows: LabelRow[] = await tx.query(
        `SELECT said.segment, said.score, v.segment AS model
           FROM (${NEWEST_LABELS}) said JOIN LATERAL (${VERDICT_SPOKEN_OF}) v ON true`,
        [number],
      );
      const pairs = rows.flatMap(({ model, ...label }) => {
        const person = labelOf(label, segments);
        return person === null ? [] : [{ person, model }];
      });
      return agreementOf(pairs, segments);
    });
  }

  /**
   * Leads of which this version thinks otherwise than a person, with both their reasons. Where it has not judged a lead
   * for good, its back-test speaks.
   * @throws NoSuchVersion
   */
  async disagreements(accountId: number, number: number): Promise<Disagreement[]> {
    return this.tenancy.run(accountId, async (tx) => {
      const { content } = await this.versions.one(tx, accountId, number);
      const rows: ReasonRow[] = await tx.query(
        `SELECT said.*, l.name AS lead_name, v.segment AS model, v.detail, v.judged_by
           FROM (${NEWEST_LABELS}) said
           LEFT JOIN lead l USING (lead_id)
           JOIN LATERAL (
             SELECT * FROM (
               SELECT *, 'verdict' AS judged_by FROM (${VERDICT_SPOKEN_OF}) judged
               UNION ALL
               SELECT segment, detail, 'back_test' FROM back_test t
                WHERE t.number = $1 AND t.lead_id = said.lead_id AND t.detail IS NOT NULL) either
              LIMIT 1) v ON true
          ORDER BY said.at DESC`,
        [number],
      );
      return rows.flatMap((row) => disagreementIn(row, content)).slice(0, MOST_SHOWN);
    });
  }
}

function disagreementIn(row: ReasonRow, { segments, criteria }: PromptVersionContent): Disagreement[] {
  const person = labelOf(row, segments);
  if (person === null || person === row.model) return [];
  const named = (key: string) => ({ key, name: segments.find((segment) => segment.key === key)?.name ?? key });
  const names = new Map(criteria.map(({ key, name }) => [key, name]));
  const { detail } = row;
  return [
    {
      leadId: row.lead_id,
      leadName: row.lead_name ?? "",
      person: {
        segment: named(person),
        name: row.by_name,
        reason: row.reason,
        from: row.said_by,
        at: row.at.toISOString(),
      },
      model: {
        segment: row.model === null ? null : named(row.model),
        score: detail.score,
        summary: detail.summary,
        criteria: detail.criteria.map((criterion) => ({
          ...criterion,
          name: names.get(criterion.key) ?? criterion.key,
        })),
        from: row.judged_by,
      },
    },
  ];
}
