import type { BackTest } from "@dealscope/shared/prompt-versions";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../../database/tenancy.ts";
import { Work } from "../../work/work.ts";
import { PromptVersions } from "../prompt/prompt-versions.service.ts";
import { agreementOf, labelOf } from "./back-test.ts";
import { NEWEST_LABELS } from "./labels.ts";

export const BACK_TEST = "back-test";

const MOST_LEADS = 200;

/** Nobody has said yet what is right. */
export class NoLabels extends Error {}

export class NoBackTest extends Error {}

interface Row {
  /** Null until the lead is judged. */
  status: string | null;
  model: string | null;
  cost_micros: number;
  at: Date;
  segment: string | null;
  score: number | null;
}

/** Judges leads that people have judged with another version of the prompt, to see it agree before it is published. */
@Injectable()
export class BackTests {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly versions: PromptVersions,
    private readonly work: Work,
  ) {
    work.expect(BACK_TEST);
  }

  /**
   * Over the leads of which people said something last. One that is under way goes on, and tries at once what it was waiting with.
   * @throws NoSuchVersion, or NoLabels
   */
  async start(accountId: number, number: number, actor: string): Promise<void> {
    await this.tenancy.run(accountId, async (tx) => {
      await this.versions.one(tx, accountId, number);
      // First, because two who start at once take turns at this row.
      await this.work.schedule(tx, accountId, [{ kind: BACK_TEST, subject: number, priority: "backfill" }]);
      const left = await tx.query("SELECT 1 FROM back_test WHERE number = $1 AND status IS NULL LIMIT 1", [number]);
      if (left.length > 0) return;
      await tx.query("DELETE FROM back_test WHERE number = $1", [number]);
      const chosen = await tx.query(
        `INSERT INTO back_test (account_id, number, lead_id, at)
         SELECT $1, $2, lead_id, app_now() FROM (${NEWEST_LABELS}) label LEFT JOIN lead USING (lead_id)
          WHERE coalesce(label.segment, label.score::text) IS NOT NULL AND gone IS NULL
          ORDER BY label.at DESC LIMIT ${MOST_LEADS} RETURNING lead_id`,
        [accountId, number],
      );
      if (chosen.length === 0)
        throw new NoLabels(
          "Nobody has overridden a verdict or imported labels yet, so there is nothing to compare a draft with.",
        );
      await tx.query(
        "INSERT INTO audit (account_id, actor, action, subject) VALUES ($1, $2, 'back-test started', $3)",
        [...[accountId, actor, `version ${number}`]],
      );
    });
  }

  /** @throws NoSuchVersion, or NoBackTest */
  async of(accountId: number, number: number): Promise<BackTest> {
    return this.tenancy.run(accountId, async (tx) => {
      const { segments } = (await this.versions.one(tx, accountId, number)).content;
      const rows: Row[] = await tx.query(
        `SELECT b.status, b.segment AS model, b.cost_micros, b.at, label.segment, label.score
           FROM back_test b LEFT JOIN (${NEWEST_LABELS}) label USING (lead_id) WHERE b.number = $1`,
        [number],
      );
      const [first] = rows;
      if (!first) throw new NoBackTest(`Version ${number} has not been tested.`);
      const judged = rows.filter(({ status }) => status !== null);
      const answered = judged.filter(({ status }) => status === "qualified" || status === "not_enough");
      const pairs = answered.flatMap(({ model, ...label }) => {
        const person = labelOf(label, segments);
        return person === null ? [] : [{ person, model }];
      });
      return {
        state: judged.length < rows.length ? "running" : "done",
        judged: judged.length,
        total: rows.length,
        wasted: judged.length - answered.length,
        costMicros: rows.reduce((sum, row) => sum + row.cost_micros, 0),
        agreement: agreementOf(pairs, segments),
        startedAt: first.at.toISOString(),
      };
    });
  }
}
