import { Injectable, type OnModuleInit, Optional } from "@nestjs/common";
import { DataSource, type EntityManager } from "typeorm";
import { FrontDesk } from "./front-desk.ts";
import { isWaitedFor } from "./waited-for.ts";

/** A transaction that sees one account only. */
export type Tx = EntityManager;

/** The only way for a feature to reach the database: a transaction in which one account's rows exist and no others. */
@Injectable()
export class Tenancy implements OnModuleInit {
  private readonly whenCommitted = new WeakMap<Tx, (() => void)[]>();

  constructor(
    private readonly dataSource: DataSource,
    @Optional() private readonly frontDesk?: FrontDesk,
  ) {}

  /** Row-level security does not bind a superuser, so as one nothing here would be safe: the start fails. */
  async onModuleInit() {
    const [login] = await this.dataSource.query(
      "SELECT rolname, rolsuper OR rolbypassrls AS strong FROM pg_roles WHERE rolname = current_user",
    );
    if (login.strong) {
      throw new Error(
        `DATABASE_URL logs in as ${login.rolname}, who is above row-level security. Use a restricted login there and the owner in MIGRATION_DATABASE_URL.`,
      );
    }
  }

  /**
   * Runs `use` in a transaction of `accountId`; commits when it returns, rolls back when it throws.
   * Never call Kommo, the model or anything else outside from within. TypeORM does not know of this transaction:
   * `save` and `remove` of a repository need `{ transaction: false }`, or they would commit it early.
   */
  async run<T>(accountId: number, use: (tx: Tx) => Promise<T>): Promise<T> {
    if (!Number.isSafeInteger(accountId)) throw new TypeError(`not an account id: ${accountId}`);
    const frontDesk = isWaitedFor() ? this.frontDesk : undefined;
    const runner = (frontDesk?.dataSource ?? this.dataSource).createQueryRunner();
    try {
      // Begun and narrowed in one round trip; every row of work pays for this.
      await runner.query(`BEGIN; SELECT set_config('app.account_id', '${accountId}', true)`);
      const result = await use(runner.manager);
      await runner.query("COMMIT");
      for (const then of this.whenCommitted.get(runner.manager) ?? []) then();
      return result;
    } catch (error) {
      await runner.query("ROLLBACK").catch(() => {});
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** For what must not happen before others can see what `tx` has written, such as forgetting how it was before. */
  afterCommit(tx: Tx, then: () => void) {
    this.whenCommitted.set(tx, [...(this.whenCommitted.get(tx) ?? []), then]);
  }
}
