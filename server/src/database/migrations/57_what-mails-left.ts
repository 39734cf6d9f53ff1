import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/** What mails have left behind: in contacts' fields, in the memory of those who were to be forgotten. */
export class WhatMailsLeft1764000000057 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // What was over when the rule for calls was changed is no reason to call.
    await runner.query("ALTER TABLE customerio_connection ADD calls_from timestamptz");

    // What a contact's field says of the address, as it was last written; no row: nothing.
    await runner.query(`
      CREATE TABLE engagement_mark (
        account_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        -- Of whom it was known.
        person_id bigint NOT NULL,
        state text NOT NULL CHECK (state IN ('bounced', 'spam')),
        PRIMARY KEY (account_id, contact_id)
      )`);
    await runner.query("CREATE INDEX engagement_marks_of ON engagement_mark (account_id, person_id)");
    await tenantTable(runner, "engagement_mark");

    // Hashes of addresses and ids of people who were erased: what is told of them is kept without them.
    await runner.query(`
      CREATE TABLE customerio_forgotten (
        account_id bigint NOT NULL,
        word bytea NOT NULL,
        PRIMARY KEY (account_id, word)
      )`);
    await tenantTable(runner, "customerio_forgotten");

    // Who is forgotten is found by his address, whosever the mail was counted for.
    await runner.query("DROP INDEX engagement_of_nobody");
    await runner.query(
      "CREATE INDEX engagement_of_address ON engagement_event (account_id, address) WHERE address IS NOT NULL",
    );
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX engagement_of_address");
    await runner.query(
      "CREATE INDEX engagement_of_nobody ON engagement_event (account_id, address) WHERE contact_id IS NULL",
    );
    await runner.query("DROP TABLE customerio_forgotten, engagement_mark");
    await runner.query("ALTER TABLE customerio_connection DROP COLUMN calls_from");
  }
}
