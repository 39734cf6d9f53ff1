import type { CommitteeSettings, GateSettings } from "@dealscope/shared/committee";
import type { ReportQuery } from "@dealscope/shared/reports";
import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { provisioned } from "../installation/provisioning.ts";
import { knownZone } from "../leads/zone.ts";
import type { Frame, Visible } from "./question.ts";
import { StageNames } from "./stage-names.ts";

export interface ReportWish {
  committee: CommitteeSettings;
  gates: GateSettings;
  query: ReportQuery;
  visible: Visible;
}

export type Reader = <T>(report: (tx: Tx, frame: Frame) => Promise<T>) => Promise<T>;

/** Reads reports: each in one transaction, from one frame, with room to sort. */
@Injectable()
export class Reports {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
  ) {}

  async read<T>(accountId: number, wish: ReportWish, report: (tx: Tx, frame: Frame) => Promise<T>): Promise<T> {
    return (await this.reader(accountId, wish))(report);
  }

  /** Reads again and again by one frame, each time in a transaction of its own. */
  async reader(accountId: number, wish: ReportWish): Promise<Reader> {
    const { currency, timezone, provisioned: made } = await this.accounts.get(accountId);
    const stages = new StageNames(provisioned.parse(made).pipelines, wish.gates);
    return (report) =>
      this.tenancy.run(accountId, async (tx) => {
        const { now, pastIsRead } = await prepare(tx);
        const head = { currency, timezone: knownZone(timezone), now: now.toISOString(), pastIsRead };
        return report(tx, { ...wish, head, stages });
      });
  }
}

/**
 * A median over all stays of an account sorts more than the usual four megabytes, and compiling the statement would take
 * longer than running it. Both hold for this transaction only.
 */
async function prepare(tx: Tx): Promise<{ now: Date; pastIsRead: boolean }> {
  const [row] = await tx.query(
    `SELECT app_now() AS now, EXISTS (SELECT FROM past WHERE reading = 'nothing') AS "pastIsRead",
            set_config('work_mem', '64MB', true), set_config('jit', 'off', true)`,
  );
  return row;
}
