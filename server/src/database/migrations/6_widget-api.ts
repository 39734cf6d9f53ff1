import type { MigrationInterface, QueryRunner } from "typeorm";

/** What the card, the queue and the setup page ask for, found without reading whole tables. */
export class WidgetApi1764000000006 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // A rep's best open leads, segment by segment, in the order of the queue: three of them are on every card.
    await runner.query(`
      CREATE INDEX lead_queue_of_user ON lead
        (account_id, responsible_user_id, segment, score DESC, (coalesce(first_message_at, kommo_created_at)))
       WHERE closed_at IS NULL AND gone IS NULL`);
    // Open leads that a verdict could not put into a segment.
    await runner.query(`
      CREATE INDEX lead_unranked ON lead (account_id, responsible_user_id)
       WHERE segment IS NULL AND verdict_id IS NOT NULL AND closed_at IS NULL AND gone IS NULL`);
    await runner.query(
      "CREATE INDEX delivery_stuck ON delivery (account_id, state) WHERE state IN ('dead', 'quarantined')",
    );
    await runner.query("CREATE INDEX write_dead ON write (account_id) WHERE state = 'dead'");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX write_dead, delivery_stuck, lead_unranked, lead_queue_of_user");
  }
}
