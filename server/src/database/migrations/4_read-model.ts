import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/** What we know of Kommo's leads, contacts, conversations, stages and users. Fed by hooks, reads and the scan. */
export class ReadModel1764000000004 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE lead (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        name text NOT NULL DEFAULT '',
        price numeric NOT NULL DEFAULT 0,
        pipeline_id bigint,
        status_id bigint,
        responsible_user_id bigint,
        group_id bigint,
        kommo_created_at timestamptz,
        kommo_updated_at timestamptz,
        closed_at timestamptz,
        gone text CHECK (gone IN ('deleted', 'merged')),
        write_seq bigint NOT NULL DEFAULT 0,
        verdict_id bigint,
        segment text,
        score int,
        first_message_at timestamptz,
        wrote jsonb NOT NULL DEFAULT '{}',
        history_read_at timestamptz,
        seen_at timestamptz NOT NULL DEFAULT app_now(),
        PRIMARY KEY (account_id, lead_id)
      )`);
    await runner.query(
      "CREATE INDEX lead_queue ON lead (account_id, segment, score DESC) WHERE closed_at IS NULL AND gone IS NULL",
    );
    await runner.query("CREATE INDEX lead_responsible ON lead (account_id, responsible_user_id)");

    await runner.query(`
      CREATE TABLE contact (
        account_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        name text NOT NULL DEFAULT '',
        gone boolean NOT NULL DEFAULT false,
        kommo_updated_at timestamptz,
        PRIMARY KEY (account_id, contact_id)
      )`);

    // One row an address, not arrays: under row-level security only leakproof operators may use an index, and equality
    // of text is one where overlap of arrays is not.
    await runner.query(`
      CREATE TABLE contact_address (
        account_id bigint NOT NULL,
        address text NOT NULL,
        contact_id bigint NOT NULL,
        PRIMARY KEY (account_id, address, contact_id)
      )`);
    await runner.query("CREATE INDEX contact_address_of ON contact_address (account_id, contact_id)");

    await runner.query(`
      CREATE TABLE lead_contact (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        is_main boolean NOT NULL DEFAULT false,
        PRIMARY KEY (account_id, lead_id, contact_id)
      )`);
    await runner.query("CREATE INDEX lead_contact_by_contact ON lead_contact (account_id, contact_id)");

    await runner.query(`
      CREATE TABLE message (
        account_id bigint NOT NULL,
        message_id text NOT NULL,
        lead_id bigint,
        contact_id bigint,
        talk_id bigint,
        direction text NOT NULL CHECK (direction IN ('incoming', 'outgoing')),
        text text NOT NULL,
        author text NOT NULL DEFAULT '',
        origin text NOT NULL DEFAULT '',
        at timestamptz NOT NULL,
        PRIMARY KEY (account_id, message_id)
      )`);
    await runner.query("CREATE INDEX message_of_lead ON message (account_id, lead_id, at)");

    await runner.query(`
      CREATE TABLE note (
        account_id bigint NOT NULL,
        note_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        text text NOT NULL,
        created_by bigint,
        at timestamptz NOT NULL,
        PRIMARY KEY (account_id, note_id)
      )`);
    await runner.query("CREATE INDEX note_of_lead ON note (account_id, lead_id, at)");

    await runner.query(`
      CREATE TABLE stage_change (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        ordinal int NOT NULL,
        from_pipeline_id bigint,
        from_status_id bigint,
        to_pipeline_id bigint NOT NULL,
        to_status_id bigint NOT NULL,
        at timestamptz NOT NULL,
        state text NOT NULL CHECK (state IN ('provisional', 'confirmed')),
        event_id text,
        PRIMARY KEY (account_id, lead_id, ordinal)
      )`);
    await runner.query(
      "CREATE UNIQUE INDEX stage_change_event ON stage_change (account_id, event_id) WHERE event_id IS NOT NULL",
    );

    await runner.query(`
      CREATE TABLE kommo_user (
        account_id bigint NOT NULL,
        user_id bigint NOT NULL,
        name text NOT NULL,
        email text NOT NULL DEFAULT '',
        group_id bigint,
        is_admin boolean NOT NULL,
        is_active boolean NOT NULL,
        rights jsonb NOT NULL,
        mirrored_at timestamptz NOT NULL DEFAULT app_now(),
        PRIMARY KEY (account_id, user_id)
      )`);

    await runner.query(`
      CREATE TABLE scan (
        account_id bigint NOT NULL,
        kind text NOT NULL,
        cursor_at timestamptz NOT NULL,
        ran_at timestamptz,
        quiet_runs int NOT NULL DEFAULT 0,
        healed bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (account_id, kind)
      )`);

    for (const table of [
      "lead",
      "contact",
      "contact_address",
      "lead_contact",
      "message",
      "note",
      "stage_change",
      "kommo_user",
      "scan",
    ]) {
      await tenantTable(runner, table);
    }

    // Our whole address is blocked or not: no account owns this row.
    await runner.query(`
      CREATE TABLE breaker (name text PRIMARY KEY, open_until timestamptz NOT NULL, reason text NOT NULL)`);
    await runner.query("GRANT SELECT, INSERT, UPDATE, DELETE ON breaker TO dealscope_tenant");
  }

  async down(runner: QueryRunner) {
    await runner.query(
      "DROP TABLE breaker, scan, kommo_user, stage_change, note, message, lead_contact, contact_address, contact, lead",
    );
  }
}
