import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { LeadReader } from "../leads/reader.ts";
import { Listeners } from "../webhooks/listeners.ts";
import { ApiFailure, notFound } from "./api-failure.ts";
import { type LeadAction, type LeadPlace, mayOn, type Rep } from "./rights.ts";

/** A row of `lead` as far as rights go; without a pipeline only its id has been heard of. */
export interface LeadPlaceRow {
  pipeline_id: number | null;
  status_id: number | null;
  responsible_user_id: number | null;
  group_id: number | null;
  gone: string | null;
  kommo_created_at: Date | null;
  closed_at: Date | null;
}

export function placeOf(row: LeadPlaceRow): LeadPlace {
  return {
    pipelineId: row.pipeline_id,
    statusId: row.status_id,
    responsibleUserId: row.responsible_user_id,
    groupId: row.group_id,
  };
}

/** What stands before everything that is done with one lead. */
@Injectable()
export class LeadAccess {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly reader: LeadReader,
    private readonly listeners: Listeners,
    private readonly accounts: Accounts,
  ) {}

  /** @throws ApiFailure "not_found" when there is no such lead for this user, "forbidden" when he may only look */
  async require(rep: Rep, leadId: number, action: LeadAction): Promise<void> {
    const read = () => this.tenancy.run(rep.accountId, (tx) => readPlace(tx, leadId));
    check(await this.known(rep.accountId, leadId, read), rep, action);
  }

  /**
   * What `read` finds of a lead; where we have only heard of the lead, after reading it from Kommo.
   * @throws ApiFailure "not_found" when Kommo has no such lead
   */
  async known<Row extends LeadPlaceRow>(
    accountId: number,
    leadId: number,
    read: () => Promise<Row | undefined>,
  ): Promise<Row> {
    const heard = await read();
    if (heard && isRead(heard)) return heard;
    await this.reader.read(accountId, leadId, "interactive");
    const found = await read();
    if (!found || !isRead(found)) throw notFound();
    // Its webhook was lost, and now that it is read the scan will take it for known: say here that it is new. An old deal
    // that somebody looks at is no news, and nobody wants to pay for a verdict on it.
    if (!heard && (await this.isNew(accountId, found))) {
      const news = [{ type: "lead.added" as const, leadId, at: undefined }];
      await this.tenancy.run(accountId, (tx) => this.listeners.tell(tx, accountId, news));
    }
    return found;
  }

  private async isNew(accountId: number, { gone, closed_at, kommo_created_at }: LeadPlaceRow): Promise<boolean> {
    const { connectedAt } = await this.accounts.get(accountId);
    return gone === null && closed_at === null && kommo_created_at !== null && kommo_created_at >= connectedAt;
  }
}

function isRead(row: LeadPlaceRow): boolean {
  return row.pipeline_id !== null || row.gone !== null;
}

async function readPlace(tx: Tx, leadId: number): Promise<LeadPlaceRow | undefined> {
  const [row] = await tx.query(
    `SELECT pipeline_id, status_id, responsible_user_id, group_id, gone, kommo_created_at, closed_at
       FROM lead WHERE lead_id = $1`,
    [leadId],
  );
  return row;
}

/** A lead that may not be seen does not exist. */
export function check(row: LeadPlaceRow, rep: Rep, action: LeadAction) {
  const lead = placeOf(row);
  if (row.gone !== null || !mayOn(lead, rep, "view")) throw notFound();
  if (!mayOn(lead, rep, action)) {
    throw new ApiFailure("forbidden", "In Kommo you may see this lead, but not change it.");
  }
}
