import type { Tenancy } from "../database/tenancy.ts";
import type { Turn } from "../queue/turn.ts";
import type { WriteRow } from "./write-row.ts";
import { renew, renewAll } from "./write-rows.ts";

const RENEW_MS = 2_000;

/** Keeps the rows of one flush leased for as long as it is busy with them, however long Kommo and its limit take. */
export class Lease {
  private rows: readonly WriteRow[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly turn: Turn,
  ) {}

  keep(rows: readonly WriteRow[]) {
    if (rows.length === 0) return;
    const { accountId, token } = this.turn;
    this.rows = rows;
    // Not renewed means lost: nothing leaves any more, and the fences throw away what comes back.
    const renewing = () => this.tenancy.run(accountId, (tx) => renew(tx, token, this.rows)).catch(() => {});
    this.timer = setInterval(() => void renewing(), RENEW_MS);
  }

  /** @throws LeaseLost when one of these rows may be in another worker's hands */
  async assertOurs(rows: readonly WriteRow[]) {
    await this.tenancy.run(this.turn.accountId, (tx) => renewAll(tx, this.turn.token, rows));
  }

  release() {
    clearInterval(this.timer);
  }
}
