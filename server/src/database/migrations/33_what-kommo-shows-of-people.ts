import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/** What contacts and elements of the list show by our doing: another value is a person's word. */
export class WhatKommoShowsOfPeople1764000000033 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // By id of the field: an option as `#id`, anything else as text. A field that was made again is another one.
    await runner.query(`
      CREATE TABLE contact_shown (
        account_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        shown jsonb NOT NULL DEFAULT '{}',
        /* What was asked for last, written or not. */
        wanted jsonb NOT NULL DEFAULT '{}',
        PRIMARY KEY (account_id, contact_id)
      )`);

    await runner.query(`
      CREATE TABLE stakeholder_element (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        list_id bigint NOT NULL,
        marker text NOT NULL,
        /* Null until it is known to be made. */
        element_id bigint,
        /* As of a contact; the name of the element beside them. */
        shown jsonb NOT NULL DEFAULT '{}',
        wanted jsonb NOT NULL,
        is_linked boolean NOT NULL DEFAULT true,
        /* Somebody has deleted it in Kommo, and it stays deleted. */
        is_gone boolean NOT NULL DEFAULT false,
        made_at timestamptz NOT NULL DEFAULT app_now(),
        PRIMARY KEY (account_id, lead_id, contact_id)
      )`);
    await runner.query("CREATE INDEX stakeholder_element_of ON stakeholder_element (account_id, contact_id)");
    await runner.query("CREATE UNIQUE INDEX stakeholder_element_marker ON stakeholder_element (account_id, marker)");
    for (const table of ["contact_shown", "stakeholder_element"]) await tenantTable(runner, table);

    await runner.query("ALTER TABLE role_suggestion DROP CONSTRAINT role_suggestion_said_kind_check");
    await runner.query(`
      ALTER TABLE role_suggestion ADD CONSTRAINT role_suggestion_said_kind_check
        CHECK (said_kind IN ('title', 'message', 'note', 'field'))`);
  }

  async down(runner: QueryRunner) {
    // Forced row-level security binds the owner too.
    await runner.query("ALTER TABLE role_suggestion NO FORCE ROW LEVEL SECURITY");
    await runner.query("DELETE FROM role_suggestion WHERE said_kind = 'field'");
    await runner.query("ALTER TABLE role_suggestion FORCE ROW LEVEL SECURITY");
    await runner.query("ALTER TABLE role_suggestion DROP CONSTRAINT role_suggestion_said_kind_check");
    await runner.query(`
      ALTER TABLE role_suggestion ADD CONSTRAINT role_suggestion_said_kind_check
        CHECK (said_kind IN ('title', 'message', 'note'))`);
    await runner.query("DROP TABLE stakeholder_element, contact_shown");
  }
}
