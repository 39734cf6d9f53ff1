import type { DryRun, DryRunWish } from "@dealscope/shared/try-out";
import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Work } from "../../work/work.ts";
import { PromptVersions } from "../prompt/prompt-versions.service.ts";
import { findDryRuns, KEPT_RUNS, showDryRun } from "./dry-run-rows.ts";

export const DRY_RUN = "dry-run";

export class NoDryRun extends Error {}

/** One is under way. */
export class DryRunConflict extends Error {}

/** The account's newest leads judged without any effect, so that an administrator sees what a text does before it counts. */
@Injectable()
export class DryRuns {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly versions: PromptVersions,
    private readonly work: Work,
  ) {
    work.expect(DRY_RUN);
  }

  /** @throws DryRunConflict */
  async start(accountId: number, { content, leads }: DryRunWish, by: string): Promise<DryRun> {
    return this.tenancy.run(accountId, async (tx) => {
      const meant = content ?? (await this.versions.published(tx, accountId)).content;
      const [row] = await tx.query(
        `INSERT INTO dry_run (account_id, id, content, wanted, created_by)
         SELECT $1, coalesce(max(id), 0) + 1, $2, $3, $4 FROM dry_run ON CONFLICT DO NOTHING RETURNING id`,
        [accountId, JSON.stringify(meant), leads, by],
      );
      if (!row) throw new DryRunConflict("Leads are being scored already. Wait until they are done.");
      for (const [table, column] of [
        ["dry_run", "id"],
        ["dry_run_lead", "dry_run_id"],
      ]) {
        await tx.query(`DELETE FROM ${table} WHERE ${column} <= $1`, [row.id - KEPT_RUNS]);
      }
      await this.work.schedule(tx, accountId, [{ kind: DRY_RUN, subject: row.id, priority: "qualification" }]);
      return this.one(tx, row.id);
    });
  }

  list(accountId: number): Promise<DryRun[]> {
    return this.tenancy.run(accountId, async (tx) => (await findDryRuns(tx)).map(showDryRun));
  }

  /** @throws NoDryRun */
  of(accountId: number, id: number): Promise<DryRun> {
    return this.tenancy.run(accountId, (tx) => this.one(tx, id));
  }

  private async one(tx: Tx, id: number): Promise<DryRun> {
    const [row] = await findDryRuns(tx, id);
    if (!row) throw new NoDryRun(`There is no run ${id}.`);
    return showDryRun(row);
  }
}
