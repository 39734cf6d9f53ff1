import type { MigrationInterface, QueryRunner } from "typeorm";

/** What could not be read of a lead is remembered with it, and the queue has one order from its first page to its last. */
export class Judging1764000000011 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE lead ADD history_missing text[] NOT NULL DEFAULT '{}'");
    await runner.query("DROP INDEX lead_queue, lead_queue_of_user");
    const order = "segment, score DESC NULLS LAST, (coalesce(first_message_at, kommo_created_at)), lead_id";
    await runner.query(`
      CREATE INDEX lead_queue ON lead (account_id, ${order}) WHERE closed_at IS NULL AND gone IS NULL`);
    await runner.query(`
      CREATE INDEX lead_queue_of_user ON lead (account_id, responsible_user_id, ${order})
       WHERE closed_at IS NULL AND gone IS NULL`);
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX lead_queue, lead_queue_of_user");
    await runner.query(
      "CREATE INDEX lead_queue ON lead (account_id, segment, score DESC) WHERE closed_at IS NULL AND gone IS NULL",
    );
    await runner.query(`
      CREATE INDEX lead_queue_of_user ON lead
        (account_id, responsible_user_id, segment, score DESC, (coalesce(first_message_at, kommo_created_at)))
       WHERE closed_at IS NULL AND gone IS NULL`);
    await runner.query("ALTER TABLE lead DROP history_missing");
  }
}
