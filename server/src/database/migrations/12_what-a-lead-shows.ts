import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What we made a lead show is kept with the lead, and no longer read off its ended writes, which go when they are old.
 * And since when a lead waits ends with an answer.
 */
export class WhatALeadShows1764000000012 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      ALTER TABLE lead
        ADD shown jsonb NOT NULL DEFAULT '{}',
        ADD entered_segment text,
        ADD answered_at timestamptz`);
    await runner.query("DROP INDEX lead_queue_of_user");
    await runner.query("ALTER TABLE lead RENAME first_message_at TO unanswered_at");
    await runner.query(`
      CREATE INDEX lead_queue_of_user ON lead
        (account_id, responsible_user_id, segment, score DESC,
         (coalesce(unanswered_at, CASE WHEN answered_at IS NULL THEN kommo_created_at END)))
       WHERE closed_at IS NULL AND gone IS NULL`);
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX lead_queue_of_user");
    await runner.query("ALTER TABLE lead RENAME unanswered_at TO first_message_at");
    await runner.query(`
      CREATE INDEX lead_queue_of_user ON lead
        (account_id, responsible_user_id, segment, score DESC, (coalesce(first_message_at, kommo_created_at)))
       WHERE closed_at IS NULL AND gone IS NULL`);
    await runner.query("ALTER TABLE lead DROP answered_at, DROP entered_segment, DROP shown");
  }
}
