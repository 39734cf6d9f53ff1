import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../../../database/tenancy.ts";
import { Clients } from "../../../installation/clients.ts";
import { Work } from "../../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../../work/work-kind.ts";
import { CUSTOMERIO_DEAL, CUSTOMERIO_DEALS_SENT } from "../../kinds.ts";
import {
  addLeads,
  type DealsSentRow,
  endDealsSent,
  findDealsSent,
  hasLeft,
  markEnded,
  takeNext,
} from "./deals-sent-rows.ts";

/** More would only wait in a longer line. */
const ABREAST = 100;
const LOOK_AGAIN_MS = 1_000;

const ALL = { stages: [], createdFrom: null, createdTo: null };

/** First reads page by page which deals there are, then keeps so many of them under way until none is left. */
@Injectable()
export class DealsSentWork implements WorkKind, OnModuleInit {
  readonly kind = CUSTOMERIO_DEALS_SENT;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run({ accountId, subject: id }: WorkItem): Promise<Decision> {
    const row = await this.tenancy.run(accountId, (tx) => findDealsSent(tx, id));
    if (row?.state === "counting") return this.count(accountId, row);
    if (row?.state === "running") return this.feed(accountId, id);
    return {};
  }

  /** Whoever looks is not told that it still runs. */
  async onDead(tx: Tx, { subject: id }: WorkItem) {
    await endDealsSent(tx, id, "cancelled");
  }

  private async count(accountId: number, { id, next_page: page }: DealsSentRow): Promise<Decision> {
    const kommo = await this.clients.of(accountId, "backfill");
    const { items, more } = await kommo.leadsMatching(ALL, page);
    const leadIds = items.filter(({ is_deleted }) => !is_deleted).map((lead) => lead.id);
    const keep = async (tx: Tx) => {
      // It may have been cancelled meanwhile.
      const [, counts] = await tx.query(
        "UPDATE deals_sent SET next_page = $2, state = $3 WHERE id = $1 AND state = 'counting'",
        [id, page + 1, more ? "counting" : "running"],
      );
      if (counts === 1) await addLeads(tx, accountId, id, leadIds);
    };
    return { keep, again: { afterMs: 0, counts: "nothing", why: more ? "More pages." : "Deals are to be sent." } };
  }

  private async feed(accountId: number, id: number): Promise<Decision> {
    const goesOn = await this.tenancy.run(accountId, async (tx) => {
      // Who cancels now waits for this, and then takes back what was queued.
      if ((await findDealsSent(tx, id))?.state !== "running") return false;
      await markEnded(tx, id);
      const requests = (await takeNext(tx, id, ABREAST)).map((subject) => {
        return { kind: CUSTOMERIO_DEAL, subject, priority: "backfill" as const };
      });
      await this.work.schedule(tx, accountId, requests, { settleMs: 0, atMostMs: 0, hastens: false });
      if (await hasLeft(tx, id)) return true;
      await endDealsSent(tx, id, "done");
      return false;
    });
    return goesOn ? { again: { afterMs: LOOK_AGAIN_MS, counts: "nothing", why: "Deals are under way." } } : {};
  }
}
