import type { MigrationInterface, QueryRunner } from "typeorm";

/** What a suggested objection is about, so that the same one said five times is one; and what stands on people's cards. */
export class WhatPeopleObjectTo1764000000030 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE contact ADD title text NOT NULL DEFAULT ''");
    // Null: a person has written it down.
    await runner.query("ALTER TABLE objection ADD topic text");
    await runner.query("DROP INDEX objection_once");
    await runner.query(`
      CREATE UNIQUE INDEX objection_once ON objection (account_id, lead_id, contact_id, said_id, topic)
       WHERE said_id IS NOT NULL`);
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX objection_once");
    // Forced row-level security binds the owner too.
    await runner.query("ALTER TABLE objection NO FORCE ROW LEVEL SECURITY");
    await runner.query(`
      DELETE FROM objection o USING objection earlier
       WHERE earlier.account_id = o.account_id AND earlier.lead_id = o.lead_id
         AND earlier.contact_id = o.contact_id AND earlier.said_id = o.said_id AND earlier.id < o.id`);
    await runner.query("ALTER TABLE objection FORCE ROW LEVEL SECURITY");
    await runner.query("ALTER TABLE objection DROP topic");
    await runner.query(`
      CREATE UNIQUE INDEX objection_once ON objection (account_id, lead_id, contact_id, said_id)
       WHERE said_id IS NOT NULL`);
    await runner.query("ALTER TABLE contact DROP title");
  }
}
