import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

const TABLES = [
  "stakeholder",
  "stakeholder_change",
  "role_suggestion",
  "objection",
  "gate_place",
  "hold",
  "hold_reason",
];

/** Who plays which part in a deal, what they object to, and what keeps deals where they are. */
export class Committee1764000000027 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // Only for people about whom something has been said: who is linked to a deal stands in lead_contact.
    await runner.query(`
      CREATE TABLE stakeholder (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        role text,
        weight int CHECK (weight BETWEEN 0 AND 100),
        approval text NOT NULL DEFAULT 'pending' CHECK (approval IN ('pending', 'approved', 'rejected')),
        approval_by text,
        approval_at timestamptz,
        approval_note text NOT NULL DEFAULT '',
        last_touch_at timestamptz,
        changed_by text NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT app_now(),
        PRIMARY KEY (account_id, lead_id, contact_id)
      )`);
    await runner.query("CREATE INDEX stakeholder_of_contact ON stakeholder (account_id, contact_id)");

    // What was so when: only ever added to. Links and unlinks too, so that reports can look back.
    await runner.query(`
      CREATE TABLE stakeholder_change (
        account_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        lead_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        kind text NOT NULL CHECK (kind IN ('role', 'approval', 'weight', 'linked', 'unlinked')),
        before text,
        after text,
        note text NOT NULL DEFAULT '',
        by_name text NOT NULL,
        at timestamptz NOT NULL DEFAULT app_now(),
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query("CREATE INDEX stakeholder_change_of_lead ON stakeholder_change (account_id, lead_id, at)");

    await runner.query(`
      CREATE TABLE role_suggestion (
        account_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        lead_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        role text NOT NULL,
        quote text NOT NULL,
        said_kind text NOT NULL CHECK (said_kind IN ('title', 'message', 'note')),
        said_id text,
        said_at timestamptz,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'dismissed')),
        ended_by text,
        at timestamptz NOT NULL DEFAULT app_now(),
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query(
      "CREATE UNIQUE INDEX role_suggestion_once ON role_suggestion (account_id, lead_id, contact_id, role)",
    );

    await runner.query(`
      CREATE TABLE objection (
        account_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        lead_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        text text NOT NULL,
        weight int NOT NULL DEFAULT 50 CHECK (weight BETWEEN 0 AND 100),
        state text NOT NULL CHECK (state IN ('suggested', 'open', 'answered', 'dismissed')),
        quote text,
        said_kind text CHECK (said_kind IN ('message', 'note')),
        said_id text,
        said_at timestamptz,
        since timestamptz NOT NULL DEFAULT app_now(),
        answered_at timestamptz,
        changed_by text NOT NULL,
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query("CREATE INDEX objection_of_lead ON objection (account_id, lead_id)");
    await runner.query(
      "CREATE UNIQUE INDEX objection_once ON objection (account_id, lead_id, contact_id, said_id) WHERE said_id IS NOT NULL",
    );

    // Where a deal rightfully stands, and where we are just moving it. What Kommo shows beside is a move to be judged.
    await runner.query(`
      CREATE TABLE gate_place (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        pipeline_id bigint NOT NULL,
        status_id bigint NOT NULL,
        since timestamptz NOT NULL DEFAULT app_now(),
        moving_pipeline_id bigint,
        moving_status_id bigint,
        PRIMARY KEY (account_id, lead_id)
      )`);

    await runner.query(`
      CREATE TABLE hold (
        account_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        lead_id bigint NOT NULL,
        from_pipeline_id bigint NOT NULL,
        from_status_id bigint NOT NULL,
        wanted_pipeline_id bigint NOT NULL,
        wanted_status_id bigint NOT NULL,
        missing jsonb NOT NULL,
        since timestamptz NOT NULL DEFAULT app_now(),
        reminded_at timestamptz,
        escalated_at timestamptz,
        outcome text CHECK (outcome IN ('approved', 'overruled', 'given_up', 'released', 'gone')),
        ended_by text,
        ended_at timestamptz,
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query("CREATE UNIQUE INDEX one_hold_of_lead ON hold (account_id, lead_id) WHERE ended_at IS NULL");

    // One row a reason, for as long as it kept the deal: what the report of gates adds up.
    await runner.query(`
      CREATE TABLE hold_reason (
        account_id bigint NOT NULL,
        hold_id bigint NOT NULL,
        kind text NOT NULL,
        /* The role, the field's id, or the stage's; empty where the kind says it all. */
        what text NOT NULL DEFAULT '',
        contact_id bigint,
        since timestamptz NOT NULL DEFAULT app_now(),
        ended_at timestamptz
      )`);
    await runner.query("CREATE INDEX hold_reason_of_hold ON hold_reason (account_id, hold_id)");

    for (const table of TABLES) await tenantTable(runner, table);
  }

  async down(runner: QueryRunner) {
    await runner.query(`DROP TABLE ${TABLES.join(", ")}`);
  }
}
