import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

const TABLES = ["customerio_source", "engagement_note", "engagement_call"];

/** What came of mails in Kommo, and what they are called. */
export class WhatMailsDo1764000000053 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // By what two links of a mail are told apart; the link itself is kept without what may be a secret.
    await runner.query("ALTER TABLE engagement_event ADD link_key text");
    // Whether that counts is the account's choice, which may change.
    await runner.query("ALTER TABLE engagement_event ADD is_proxied boolean NOT NULL DEFAULT false");
    // It has changed how a person stands, and what follows from it is still to be done.
    await runner.query("ALTER TABLE engagement_event ADD is_due boolean NOT NULL DEFAULT false");
    await runner.query(
      "CREATE INDEX engagement_of_person ON engagement_event (account_id, person_id, at) WHERE person_id IS NOT NULL",
    );
    await runner.query("CREATE INDEX engagement_due ON engagement_event (account_id, person_id) WHERE is_due");
    await runner.query("CREATE INDEX engagement_age ON engagement_event (at)");

    // Campaigns and whatever else sends mails. Events carry no names.
    await runner.query(`
      CREATE TABLE customerio_source (
        account_id bigint NOT NULL,
        kind text NOT NULL CHECK (kind IN ('campaign', 'broadcast', 'newsletter', 'transactional')),
        source_id text NOT NULL,
        name text,
        asked_at timestamptz,
        -- One of our events has started it.
        is_ours boolean NOT NULL DEFAULT false,
        PRIMARY KEY (account_id, kind, source_id)
      )`);
    // One note for each mail and deal, whose words change.
    await runner.query(`
      CREATE TABLE engagement_note (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        delivery_id text NOT NULL,
        marker text NOT NULL,
        -- Of the words that it has, so that the same are not written again.
        words bytea NOT NULL,
        PRIMARY KEY (account_id, lead_id, delivery_id)
      )`);
    await runner.query(`
      CREATE TABLE engagement_call (
        account_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        lead_id bigint NOT NULL,
        opens int NOT NULL,
        hours int NOT NULL,
        -- The last of what counted.
        last_at timestamptz NOT NULL,
        made_at timestamptz NOT NULL DEFAULT app_now(),
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query("CREATE INDEX engagement_calls_of ON engagement_call (account_id, lead_id, made_at)");
    for (const table of TABLES) await tenantTable(runner, table);
  }

  async down(runner: QueryRunner) {
    await runner.query(`DROP TABLE ${TABLES.join(", ")}`);
    await runner.query("DROP INDEX engagement_age, engagement_due, engagement_of_person");
    await runner.query("ALTER TABLE engagement_event DROP COLUMN is_due, DROP COLUMN is_proxied, DROP COLUMN link_key");
  }
}
