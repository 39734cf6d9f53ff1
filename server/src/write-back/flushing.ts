import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Clients } from "../installation/clients.ts";
import { type Lane, priorityOf } from "../queue/lane.ts";
import type { Turn } from "../queue/turn.ts";
import type { Flush } from "./flusher.ts";
import { Lease } from "./lease.ts";
import type { WriteRow } from "./write-row.ts";

interface Steps {
  claim: (tx: Tx) => Promise<WriteRow[]>;
  send: (flush: Flush, rows: WriteRow[]) => Promise<unknown>;
  /** Without it the rows wait until their lease runs out. */
  failed?: (error: Error, rows: WriteRow[]) => Promise<unknown>;
}

/** What every flush of claimed rows does around what it sends: keeps them leased for as long as it is busy with them. */
@Injectable()
export class Flushing {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
  ) {}

  async of(turn: Turn, lane: Lane, { claim, send, failed }: Steps): Promise<void> {
    const rows = await this.tenancy.run(turn.accountId, claim);
    if (rows.length === 0) return;
    const lease = new Lease(this.tenancy, turn);
    lease.keep(rows);
    try {
      const kommo = await this.clients.of(turn.accountId, priorityOf[lane]);
      await send({ turn, kommo, lease }, rows);
    } catch (error) {
      if (!failed) throw error;
      await failed(error as Error, rows);
    } finally {
      lease.release();
    }
  }
}
