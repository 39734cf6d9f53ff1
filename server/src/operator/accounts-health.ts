import { Injectable } from "@nestjs/common";
import { Doors } from "../database/doors.ts";
import { AccountNames } from "../operations/account-names.ts";
import { AccountHealth, byWorstFirst, problemsOf, stuckOf } from "./health.ts";
import type { Problem, Severity } from "./problem.ts";

export interface AccountLine {
  id: number;
  /** As the metrics call it. */
  nameInMetrics: string;
  formerNamesInMetrics: string[];
  health: AccountHealth;
  problems: Problem[];
}

/** Of all accounts together. */
export interface Totals {
  accounts: number;
  broken: number;
  watch: number;
  left: number;
  stuck: number;
  /** Null: nothing is due. */
  oldestDueMs: number | null;
  spentMicros: number;
}

/** What a list may be narrowed to. */
export const SHOWN = ["all", "problems", "stuck", "left"] as const;
export type Shown = (typeof SHOWN)[number];

/** How all accounts are, by one question to the database however many there are. */
@Injectable()
export class AccountsHealth {
  constructor(
    private readonly doors: Doors,
    private readonly names: AccountNames,
  ) {}

  /** The worst first. */
  async all(): Promise<{ lines: AccountLine[]; totals: Totals }> {
    const rows = await this.doors.accountsForOperator();
    const lines = rows.map((row) => this.line(row)).toSorted(byWorstFirst);
    return { lines, totals: totalsOf(lines) };
  }

  /** @returns undefined when it is not installed here */
  async one(accountId: number): Promise<AccountLine | undefined> {
    const [row] = await this.doors.accountsForOperator(accountId);
    return row && this.line(row);
  }

  private line({ accountId, health }: { accountId: number; health: unknown }): AccountLine {
    const read = AccountHealth.parse(health);
    return {
      ...{ id: accountId, health: read, problems: problemsOf(read) },
      ...{ nameInMetrics: this.names.of(accountId), formerNamesInMetrics: this.names.formerlyOf(accountId) },
    };
  }
}

function totalsOf(lines: readonly AccountLine[]): Totals {
  const worstIs = (severity: Severity) => lines.filter(({ problems }) => problems[0]?.severity === severity).length;
  const sum = (of: (line: AccountLine) => number) => lines.reduce((total, line) => total + of(line), 0);
  const late = lines.flatMap(({ health }) => (health.oldestDueAt ? [+health.now - +health.oldestDueAt] : []));
  return {
    accounts: lines.length,
    broken: worstIs("broken"),
    watch: worstIs("watch"),
    left: lines.filter(({ health }) => health.status === "uninstalled").length,
    stuck: sum(({ health }) => stuckOf(health)),
    oldestDueMs: late.length > 0 ? Math.max(...late) : null,
    spentMicros: sum(({ health }) => health.spentMicros),
  };
}

/** Accounts by a part of name, host or number or by all of their name in the metrics, and by what they are looked at for. */
export function narrowed(lines: readonly AccountLine[], word: string, shown: Shown): AccountLine[] {
  const wanted = word.toLowerCase();
  return lines.filter(
    ({ id, nameInMetrics, formerNamesInMetrics, health, problems }) =>
      (nameInMetrics === wanted ||
        formerNamesInMetrics.includes(wanted) ||
        [health.name, health.host, String(id)].some((text) => text.toLowerCase().includes(wanted))) &&
      {
        all: true,
        problems: problems.length > 0,
        stuck: stuckOf(health) > 0,
        left: health.status === "uninstalled",
      }[shown],
  );
}
