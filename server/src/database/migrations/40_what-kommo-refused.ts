import type { MigrationInterface, QueryRunner } from "typeorm";

/** A hold lasts until the deal has arrived; and what is remembered of a deal that Kommo does not let us move. */
export class WhatKommoRefused1764000000040 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // Overruled: who has let it pass, until it has arrived. Refusal: what Kommo has said to our move. Noted: the deal's
    // notes say that it was sent back from where it is wanted, which those of before do.
    await runner.query(`
      ALTER TABLE hold ADD COLUMN overruled_by text, ADD COLUMN refusal text,
        ADD COLUMN is_noted boolean NOT NULL DEFAULT true`);
    await runner.query("ALTER TABLE hold ALTER COLUMN is_noted SET DEFAULT false");
  }

  async down(runner: QueryRunner) {
    await runner.query("ALTER TABLE hold DROP COLUMN is_noted, DROP COLUMN refusal, DROP COLUMN overruled_by");
  }
}
