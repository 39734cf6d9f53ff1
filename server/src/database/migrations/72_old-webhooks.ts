import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Old webhooks are found by account. By their age alone, retention of one account read past those of all the others for
 * every thousand that it deleted.
 */
export class OldWebhooks1764000000072 implements MigrationInterface {
  /** Built while servers go on: over millions of rows it takes longer than the door may wait. */
  readonly transaction = false;

  async up(runner: QueryRunner) {
    await exchange(runner, "delivery_age", "delivery_age_of_account", "(account_id, received_at)");
  }

  async down(runner: QueryRunner) {
    await exchange(runner, "delivery_age_of_account", "delivery_age", "(received_at)");
  }
}

/**
 * One that an interrupted try has left is of no use, and is made anew. It waits for whoever has been reading for longer, as long as
 * that takes: nobody waits behind it.
 */
async function exchange(runner: QueryRunner, former: string, name: string, columns: string) {
  await runner.query("SET lock_timeout = 0");
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON delivery ${columns}`);
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${former}`);
  await runner.query("RESET lock_timeout");
}
