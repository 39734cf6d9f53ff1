import { Inject, Injectable, type OnApplicationShutdown } from "@nestjs/common";
import pg from "pg";
import { DataSource } from "typeorm";
import { CONFIG, type Config } from "../config.ts";
import { SERVER_CONNECTIONS } from "./data-source.ts";
import { FrontDesk } from "./front-desk.ts";

/** Two commits on their way, and a look at a path key beside them. */
export const DOOR_CONNECTIONS = 3;

export interface IncomingDelivery {
  accountId: number;
  source: "kommo" | "kommo-dp" | "customerio";
  contentType: string;
  body: string;
  /** Why the body is not as it should be (cut, unparsable); null when nothing is wrong. */
  flag: string | null;
  state: "new" | "dead";
}

export type AccountStatus = "active" | "needs_reconnect" | "uninstalled";

/** Many things, often of many accounts, that were given up because of one. */
export interface StuckForOneReason {
  what: "delivery" | "work" | "write" | "customerio";
  /** State of a delivery, kind of work, or what was to be written. */
  kind: string;
  reason: string;
  items: number;
  accounts: number;
  someAccounts: number[];
  firstAt: Date;
  lastAt: Date;
}

/** The narrow ways past tenancy. Each is a function in the database with just the rights its name says. */
@Injectable()
export class Doors implements OnApplicationShutdown {
  /**
   * What Kommo waits for has connections of its own. Behind a burst of verdicts in the common pool, webhooks would wait
   * longer than the two seconds after which Kommo counts a failure, and a hundred of those switch the hook off.
   */
  private readonly frontDoor: pg.Pool;

  constructor(
    private readonly dataSource: DataSource,
    private readonly frontDesk: FrontDesk,
    @Inject(CONFIG) config: Pick<Config, "DATABASE_URL">,
  ) {
    this.frontDoor = new pg.Pool({
      connectionString: config.DATABASE_URL,
      max: DOOR_CONNECTIONS,
      application_name: SERVER_CONNECTIONS.door,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 5_000,
      keepAlive: true,
    });
    // An idle connection that breaks is replaced at the next use.
    this.frontDoor.on("error", () => {});
  }

  async onApplicationShutdown() {
    await this.frontDoor.end();
  }

  /** Stores deliveries of any accounts in one statement; when it returns they are committed. */
  async deliver(batch: readonly IncomingDelivery[]): Promise<void> {
    await this.frontDoor.query("SELECT door_deliver($1, $2, $3, $4, $5, $6)", [
      batch.map((d) => d.accountId),
      batch.map((d) => d.source),
      batch.map((d) => d.contentType),
      batch.map((d) => d.body),
      batch.map((d) => d.flag),
      batch.map((d) => d.state),
    ]);
  }

  /** Which account owns this secret path key, if any does. */
  async accountOfPathKey(keyHash: Buffer): Promise<{ accountId: number; status: AccountStatus } | undefined> {
    return this.lookUp("SELECT account_id, status FROM lookup_by_path_key($1)", keyHash);
  }

  /** Which account gave its actions in the Digital Pipeline this key, if any did. */
  async accountOfDigitalPipelineKey(
    keyHash: Buffer,
  ): Promise<{ accountId: number; status: AccountStatus } | undefined> {
    return this.lookUp("SELECT account_id, status FROM lookup_by_dp_key($1)", keyHash);
  }

  /** Which account gave Customer.io this key, if any did, and with what its webhooks are to be signed. */
  async accountOfCustomerIoKey(
    keyHash: Buffer,
  ): Promise<{ accountId: number; status: AccountStatus; signingKeySealed: string | null } | undefined> {
    const { rows } = await this.frontDoor.query("SELECT * FROM lookup_by_customerio_key($1)", [keyHash]);
    const [row] = rows;
    return row && { accountId: row.account_id, status: row.status, signingKeySealed: row.signing_key_sealed };
  }

  private async lookUp(sql: string, keyHash: Buffer) {
    const { rows } = await this.frontDoor.query(sql, [keyHash]);
    const [row] = rows;
    return row && { accountId: row.account_id, status: row.status };
  }

  /** Which account a form's key belongs to. Not asked at the front door: what Kommo waits for does not wait for forms. */
  async accountOfIntakeKey(
    keyHash: Buffer,
  ): Promise<{ accountId: number; keyId: number; status: AccountStatus; isTrusted: boolean } | undefined> {
    const [row] = await this.frontDesk.dataSource.query("SELECT * FROM lookup_by_intake_key($1)", [keyHash]);
    return row && { accountId: row.account_id, keyId: row.key_id, status: row.status, isTrusted: row.is_trusted };
  }

  /** Sums over all accounts, for the operator. */
  async figures(): Promise<{ figure: string; state: string; value: number }[]> {
    return this.dataSource.query("SELECT figure, state, value FROM operator_figures()");
  }

  /** Of single accounts: those for which it is worst. */
  async worst(atMost: number): Promise<{ figure: string; accountId: number; value: number }[]> {
    return this.dataSource.query('SELECT figure, account_id AS "accountId", value FROM operator_worst($1)', [atMost]);
  }

  /** How each account is, of one or of all, for the operator's pages. */
  async accountsForOperator(accountId?: number): Promise<{ accountId: number; health: unknown }[]> {
    return this.frontDesk.dataSource.query('SELECT account_id AS "accountId", health FROM operator_accounts($1)', [
      accountId ?? null,
    ]);
  }

  /** What was given up in any account, put together by its reason, the most frequent first. */
  async stuckForOperator(atMost: number): Promise<StuckForOneReason[]> {
    return this.frontDesk.dataSource.query(
      `SELECT what, kind, reason, items, accounts, some_accounts AS "someAccounts", first_at AS "firstAt", last_at AS "lastAt"
         FROM operator_stuck($1)`,
      [atMost],
    );
  }

  /** Of what operators have done only what is older than 400 days goes. */
  async pruneOperatorAudit(): Promise<void> {
    await this.dataSource.query("SELECT prune_operator_audit()");
  }

  /** Every account that is known here, by its id. */
  async installedAccounts(): Promise<{ accountId: number; status: AccountStatus }[]> {
    return this.dataSource.query('SELECT account_id AS "accountId", status FROM installed_accounts()');
  }

  /** Ends what logins for BI tools have been looking at for longer: it keeps tables from being changed and tidied up. */
  async endLongLooks(longestMinutes: number): Promise<number> {
    const [row] = await this.dataSource.query("SELECT bi_end_long($1 * interval '1 minute') AS ended", [
      longestMinutes,
    ]);
    return row.ended;
  }

  /** Accounts that had no upkeep for so long. Who is given one has it: the next to ask gets others. */
  async takeForUpkeep(pauseMinutes: number, atMost: number): Promise<number[]> {
    const rows = await this.dataSource.query("SELECT account_id FROM take_for_upkeep($1 * interval '1 minute', $2)", [
      pauseMinutes,
      atMost,
    ]);
    return rows.map((r: { account_id: number }) => r.account_id);
  }

  /**
   * The accounts with something due, if this process is the one elected to look this second; otherwise none.
   * The lock ends with the transaction, so a process that dies gives way at once.
   */
  async accountsWithSomethingDue(): Promise<number[]> {
    return this.dataSource.transaction(async (tx) => {
      const [elected] = await tx.query("SELECT 1 FROM sweep_turn FOR UPDATE SKIP LOCKED");
      if (!elected) return [];
      const rows = await tx.query("SELECT account_id FROM sweep_due()");
      return rows.map((r: { account_id: number }) => r.account_id);
    });
  }
}
