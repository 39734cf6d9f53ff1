import type { Verdict } from "@dealscope/shared/qualification";
import { Settings } from "@dealscope/shared/settings";
import pg from "pg";
import { DemoFailure } from "./failure.ts";

/** A lead whose verdict the server says to have written into Kommo. */
export interface Written {
  writeId: number;
  leadId: number;
  verdict: Verdict;
  /** Unix milliseconds of this machine, whatever the clock of the database. */
  decidedAt: number;
  writtenAt: number;
}

export interface ModelUse {
  calls: number;
  costMicros: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

/** Two polls may overlap a commit; seeing a row twice does no harm. */
const OVERLAP_MS = 2_000;

/** What the server's database says about one account, seen as the server sees it: with its login, within the tenancy. */
export class Records {
  readonly #client: pg.Client;
  #lookedAt = new Date(0);

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(databaseUrl: string, account: number): Promise<Records> {
    const client = new pg.Client({ connectionString: databaseUrl, options: `-c app.account_id=${account}` });
    // A lost connection is told by the next question, and there is one every moment.
    client.on("error", () => {});
    await client.connect();
    return new Records(client);
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  async isProvisioned(): Promise<boolean> {
    const rows = await this.#ask<{ done: string | null }>("SELECT provisioned->>'completedAt' AS done FROM account");
    return Boolean(rows[0]?.done);
  }

  async settleMs(): Promise<number> {
    const [row] = await this.#ask<{ settings: unknown }>("SELECT settings FROM account");
    return Settings.parse(row?.settings ?? {}).settleSeconds * 1000;
  }

  /** What has been written since the last time this was asked. */
  async newlyWritten(): Promise<Written[]> {
    const rows = await this.#ask<{
      id: string;
      lead_id: string;
      detail: Verdict;
      now: Date;
      decided_ago: number;
      written_ago: number;
    }>(
      `SELECT DISTINCT ON (w.lead_id) w.id, w.lead_id, v.detail, app_now() AS now,
              ${millisecondsSince("v.decided_at")} AS decided_ago, ${millisecondsSince("w.ended_at")} AS written_ago
         FROM write w JOIN lead l ON l.lead_id = w.lead_id JOIN verdict v ON v.id = l.verdict_id
        WHERE w.target = 'lead' AND w.state = 'sent' AND w.ended_at >= $1
        ORDER BY w.lead_id, w.seq DESC`,
      [this.#lookedAt],
    );
    const now = Date.now();
    if (rows[0]) this.#lookedAt = new Date(rows[0].now.getTime() - OVERLAP_MS);
    return rows.map((row) => ({
      writeId: Number(row.id),
      leadId: Number(row.lead_id),
      verdict: row.detail,
      decidedAt: now - row.decided_ago,
      writtenAt: now - row.written_ago,
    }));
  }

  /** Why a lead is not done, in words. */
  async whyNotWritten(leadId: number): Promise<string> {
    const [work] = await this.#ask<{ state: string; attempts: number; waits: number; last_error: string | null }>(
      "SELECT state, attempts, waits, last_error FROM work WHERE kind = 'qualify' AND subject = $1",
      [leadId],
    );
    const [write] = await this.#ask<{ state: string; attempts: number; waits: number; last_error: string | null }>(
      "SELECT state, attempts, waits, last_error FROM write WHERE lead_id = $1 AND target = 'lead' ORDER BY seq DESC LIMIT 1",
      [leadId],
    );
    const [verdict] = await this.#ask<{ status: string; reason: string | null }>(
      "SELECT status, reason FROM verdict WHERE lead_id = $1 ORDER BY id DESC LIMIT 1",
      [leadId],
    );
    const row = ({ state, attempts, waits, last_error }: NonNullable<typeof work>) =>
      `${state} after ${attempts} failures and ${waits} waits${last_error ? ` (${last_error})` : ""}`;
    return [
      verdict ? `its verdict is ${verdict.reason ?? verdict.status}` : "there is no verdict",
      work ? `its work is ${row(work)}` : "no work is left",
      write ? `its write is ${row(write)}` : "nothing is to be written",
    ].join(", ");
  }

  async newestVerdicts(): Promise<Map<number, Verdict>> {
    const rows = await this.#ask<{ lead_id: string; detail: Verdict }>(
      "SELECT DISTINCT ON (lead_id) lead_id, detail FROM verdict ORDER BY lead_id, id DESC",
    );
    return new Map(rows.map((row) => [Number(row.lead_id), row.detail]));
  }

  async verdictCount(): Promise<number> {
    const [row] = await this.#ask<{ count: number }>("SELECT count(*)::int FROM verdict");
    return row?.count ?? 0;
  }

  /** How many webhooks are in each state. */
  async deliveries(): Promise<Record<string, number>> {
    const rows = await this.#ask<{ state: string; count: number }>(
      "SELECT state, count(*)::int FROM delivery GROUP BY state",
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  async modelUse(): Promise<ModelUse> {
    const sum = (key: string) => `coalesce(sum((usage->>'${key}')::bigint), 0)::float8`;
    const [row] = await this.#ask<ModelUse>(
      `SELECT count(*)::int AS calls, coalesce(sum(cost_micros), 0)::float8 AS "costMicros",
              ${sum("prompt")} AS "promptTokens", ${sum("cached")} AS "cachedTokens",
              ${sum("completion")} AS "completionTokens"
         FROM model_call`,
    );
    return row!;
  }

  async #ask<Row extends pg.QueryResultRow>(sql: string, parameters?: unknown[]): Promise<Row[]> {
    try {
      return (await this.#client.query<Row>(sql, parameters)).rows;
    } catch (error) {
      throw new DemoFailure(`The database does not answer: ${(error as Error).message}.`);
    }
  }
}

const millisecondsSince = (time: string) => `(extract(epoch FROM app_now() - ${time}) * 1000)::float8`;
