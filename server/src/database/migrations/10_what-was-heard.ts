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

    // Not columns of what is read: every webhook writes here, and is not to wait for readings and writes that are noted.
    await runner.query(`
      CREATE TABLE heard_lead (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        at timestamptz NOT NULL,
        of_creation boolean NOT NULL,
        PRIMARY KEY (account_id, lead_id)
      )`);
    await runner.query(`
      CREATE TABLE heard_contact (
        account_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (account_id, contact_id)
      )`);

    // Talks that we have heard begin; of any other there may be messages that nobody told us of.
    await runner.query(`
      CREATE TABLE heard_talk (
        account_id bigint NOT NULL,
        talk_id bigint NOT NULL,
        PRIMARY KEY (account_id, talk_id)
      )`);
    for (const table of ["heard_lead", "heard_contact", "heard_talk"]) await tenantTable(runner, table);
    await runner.query(
      "CREATE INDEX message_without_lead ON message (account_id, talk_id) WHERE lead_id IS NULL AND talk_id IS NOT NULL",
    );
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX message_without_lead");
    await runner.query("DROP TABLE heard_talk, heard_contact, heard_lead");
    await runner.query("ALTER TABLE account DROP COLUMN connected_at");
  }
}
