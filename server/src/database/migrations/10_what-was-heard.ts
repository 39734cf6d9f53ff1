import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/** Since when an account is listened to, and how far webhooks have told of a lead, a contact and a talk. */
export class WhatWasHeard1764000000010 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE account ADD COLUMN connected_at timestamptz NOT NULL DEFAULT app_now()");
    // Forced row-level security binds the owner too.
    await runner.query("ALTER TABLE account NO FORCE ROW LEVEL SECURITY");
    await runner.query("UPDATE account SET connected_at = created_at");
    await runner.query("ALTER TABLE account FORCE ROW LEVEL SECURITY");

    await runner.query(`
      ALTER TABLE lead ADD COLUMN heard_at timestamptz, ADD COLUMN heard_of_creation boolean NOT NULL DEFAULT false`);
    await runner.query("ALTER TABLE contact ADD COLUMN heard_at timestamptz");

    // Talks that we have heard begin; of any other there may be messages that nobody told us of.
    await runner.query(`
      CREATE TABLE heard_talk (
        account_id bigint NOT NULL,
        talk_id bigint NOT NULL,
        PRIMARY KEY (account_id, talk_id)
      )`);
    await tenantTable(runner, "heard_talk");
    await runner.query(
      "CREATE INDEX message_without_lead ON message (account_id, talk_id) WHERE lead_id IS NULL AND talk_id IS NOT NULL",
    );
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX message_without_lead");
    await runner.query("DROP TABLE heard_talk");
    await runner.query("ALTER TABLE contact DROP COLUMN heard_at");
    await runner.query("ALTER TABLE lead DROP COLUMN heard_at, DROP COLUMN heard_of_creation");
    await runner.query("ALTER TABLE account DROP COLUMN connected_at");
  }
}
