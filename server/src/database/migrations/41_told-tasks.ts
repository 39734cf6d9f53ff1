import type { MigrationInterface, QueryRunner } from "typeorm";

const TARGETS =
  "'lead', 'note', 'task', 'task_done', 'contact', 'contact_new', 'link', 'unlink', 'element', 'element_change'";

/** Tasks that we have made get other words, and their changes keep their order: a task is a thing, too. */
export class ToldTasks1764000000041 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await targets(runner, `${TARGETS}, 'task_text'`);
    await things(
      runner,
      "WHEN 'task_done' THEN 'task ' || (body->>'marker') WHEN 'task_text' THEN 'task ' || (body->>'marker')",
    );
    // Moves into where a deal is taken to be at home say, until then, where it came from: such news may be late, and Kommo's
    // clock ahead of ours.
    await runner.query("ALTER TABLE gate_place ADD COLUMN assumed_until timestamptz");
    await unforced(runner, "gate_place", "UPDATE gate_place SET assumed_until = since WHERE is_assumed");
    await runner.query("ALTER TABLE gate_place DROP COLUMN is_assumed");
  }

  async down(runner: QueryRunner) {
    await runner.query("ALTER TABLE gate_place ADD COLUMN is_assumed boolean NOT NULL DEFAULT false");
    await unforced(runner, "gate_place", "UPDATE gate_place SET is_assumed = true WHERE assumed_until IS NOT NULL");
    await runner.query("ALTER TABLE gate_place DROP COLUMN assumed_until");
    await unforced(runner, "write", "DELETE FROM write WHERE target = 'task_text'");
    await things(runner, "");
    await targets(runner, TARGETS);
  }
}

async function targets(runner: QueryRunner, all: string) {
  await runner.query("ALTER TABLE write DROP CONSTRAINT write_target_check");
  await runner.query(`ALTER TABLE write ADD CONSTRAINT write_target_check CHECK (target IN (${all}))`);
}

/** The column is computed, and its computation cannot be altered everywhere. */
async function things(runner: QueryRunner, more: string) {
  await runner.query("ALTER TABLE write DROP COLUMN thing");
  await runner.query(`
    ALTER TABLE write ADD thing text GENERATED ALWAYS AS (CASE target
      WHEN 'lead' THEN 'lead ' || lead_id
      WHEN 'contact' THEN 'contact ' || (body->>'contactId')
      WHEN 'element_change' THEN 'element ' || (body->>'elementId')
      WHEN 'link' THEN 'links ' || lead_id
      WHEN 'unlink' THEN 'links ' || lead_id
      ${more}
    END) STORED`);
  await runner.query("CREATE INDEX write_of_thing ON write (account_id, thing, id) WHERE thing IS NOT NULL");
}

/** Forced row-level security binds the owner too. */
async function unforced(runner: QueryRunner, table: string, statement: string) {
  await runner.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  await runner.query(statement);
  await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
}
