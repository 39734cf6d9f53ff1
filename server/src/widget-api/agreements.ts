import type { Agreement } from "@dealscope/shared/prompt-versions";
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

/** Overrides are the labels by which a prompt version is judged. */
@Injectable()
export class Agreements {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly versions: PromptVersions,
  ) {}

  /**
   * Over the newest override of each lead whose verdict this version had made.
   * @throws NoSuchVersion
   */
  async of(accountId: number, number: number): Promise<Agreement> {
    return this.tenancy.run(accountId, async (tx) => {
      const { segments } = (await this.versions.one(tx, accountId, number)).content;
      const rows: LabelRow[] = await tx.query(
        `SELECT o.segment, o.score, v.segment AS model
           FROM (${NEWEST_LABELS}) o
           JOIN verdict v ON v.id = o.verdict_id
          WHERE v.prompt_number = $1`,
        [number],
      );
      const pairs = rows.flatMap(({ model, ...label }) => {
        const person = labelOf(label, segments);
        return person === null ? [] : [{ person, model }];
      });
      return agreementOf(pairs, segments);
    });
  }
}
