import type { MigrationInterface, QueryRunner } from "typeorm";

const TARGETS =
  "'lead', 'note', 'task', 'task_done', 'task_text', 'contact', 'contact_new', 'link', 'unlink', 'element', 'element_change'";

/** Notes that we have made get other words, in the order in which they were found. */
export class ToldNotes1764000000055 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await targets(runner, `${TARGETS}, 'note_text'`);
    await things(runner, "WHEN 'note_text' THEN 'note ' || (body->>'marker')");
  }

  async down(runner: QueryRunner) {
    // Forced row-level security binds the owner too.
    await runner.query("ALTER TABLE write NO FORCE ROW LEVEL SECURITY");
    await runner.query("DELETE FROM write WHERE target = 'note_text'");
    await runner.query("ALTER TABLE write FORCE ROW LEVEL SECURITY");
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
      WHEN 'task_done' THEN 'task ' || (body->>'marker')
      WHEN 'task_text' THEN 'task ' || (body->>'marker')
      ${more}
    END) STORED`);
  await runner.query("CREATE INDEX write_of_thing ON write (account_id, thing, id) WHERE thing IS NOT NULL");
}
