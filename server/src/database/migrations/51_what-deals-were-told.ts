import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/** How far each deal is told to Customer.io, and deals that are sent because an administrator wants them there. */
export class WhatDealsWereTold1764000000051 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE customerio_deal (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        creation text CHECK (creation IN ('heard', 'told')),
        -- The ordinals of moves up to here were told or passed over, and the stage that was told last.
        told_move int NOT NULL DEFAULT 0,
        told_pipeline_id bigint,
        told_status_id bigint,
        -- What was told of its worth.
        segment text,
        score int,
        -- Whom it spoke for, and what was last decided of it as an object; null: it is none.
        people bigint[] NOT NULL DEFAULT '{}',
        object jsonb,
        PRIMARY KEY (account_id, lead_id)
      )`);
    await tenantTable(runner, "customerio_deal");

    // What happened before deals were told is told to nobody.
    await runner.query(`
      ALTER TABLE customerio_connection ADD told_from timestamptz NOT NULL DEFAULT app_now(),
        -- Ids of the workspace's object types as it last showed them; null: nobody has looked, or may.
        ADD object_types text[]`);

    await runner.query(`
      ALTER TABLE customerio_person
        -- The contact's box as it was last seen: only its being ticked is a word, not its standing there.
        ADD opted_out boolean NOT NULL DEFAULT false,
        -- His address was changed where we may not look whose it is: so he is called by Customer.io's own id.
        ADD is_called_by_cio_id boolean NOT NULL DEFAULT false`);
    await runner.query(`
      ALTER TABLE customerio_write DROP CONSTRAINT customerio_write_kind_check,
        -- 'address': nothing to be sent, but a person has to look whose an address is.
        ADD CONSTRAINT customerio_write_kind_check CHECK (kind IN ('person', 'event', 'object', 'address'))`);

    await runner.query(`
      CREATE TABLE deals_sent (
        account_id bigint NOT NULL,
        id int NOT NULL,
        state text NOT NULL CHECK (state IN ('counting', 'running', 'done', 'cancelled')),
        next_page int NOT NULL DEFAULT 1,
        started_at timestamptz NOT NULL DEFAULT app_now(),
        ended_at timestamptz,
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query("CREATE UNIQUE INDEX deals_sent_open ON deals_sent (account_id) WHERE ended_at IS NULL");
    await runner.query(`
      CREATE TABLE deals_sent_lead (
        account_id bigint NOT NULL,
        deals_sent_id int NOT NULL,
        lead_id bigint NOT NULL,
        queued_at timestamptz,
        outcome text CHECK (outcome IN ('done', 'failed')),
        PRIMARY KEY (account_id, deals_sent_id, lead_id)
      )`);
    await tenantTable(runner, "deals_sent");
    await tenantTable(runner, "deals_sent_lead");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP TABLE deals_sent_lead, deals_sent");
    // Forced row-level security binds the owner too.
    await runner.query("ALTER TABLE customerio_write NO FORCE ROW LEVEL SECURITY");
    await runner.query("DELETE FROM customerio_write WHERE kind = 'address'");
    await runner.query("ALTER TABLE customerio_write FORCE ROW LEVEL SECURITY");
    await runner.query(`
      ALTER TABLE customerio_write DROP CONSTRAINT customerio_write_kind_check,
        ADD CONSTRAINT customerio_write_kind_check CHECK (kind IN ('person', 'event', 'object'))`);
    await runner.query("ALTER TABLE customerio_person DROP opted_out, DROP is_called_by_cio_id");
    await runner.query("ALTER TABLE customerio_connection DROP told_from, DROP object_types");
    await runner.query("DROP TABLE customerio_deal");
  }
}
