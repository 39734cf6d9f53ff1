import type { MigrationInterface, QueryRunner } from "typeorm";

/** Writes about people and elements of lists: what a row changes is told apart from the lead whose decision it is. */
export class WritesAboutPeople1764000000032 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE write DROP CONSTRAINT write_target_check");
    await runner.query(`
      ALTER TABLE write ADD CONSTRAINT write_target_check CHECK (target IN
        ('lead', 'note', 'task', 'task_done', 'contact', 'contact_new', 'link', 'unlink', 'element', 'element_change'))`);
    // What must not be written by two at a time. A creation is a thing of its own and has none.
    await runner.query(`
      ALTER TABLE write ADD thing text GENERATED ALWAYS AS (CASE target
        WHEN 'lead' THEN 'lead ' || lead_id
        WHEN 'contact' THEN 'contact ' || (body->>'contactId')
        WHEN 'element_change' THEN 'element ' || (body->>'elementId')
        WHEN 'link' THEN 'links ' || lead_id
        WHEN 'unlink' THEN 'links ' || lead_id
      END) STORED`);
    await runner.query("CREATE INDEX write_of_thing ON write (account_id, thing, id) WHERE thing IS NOT NULL");
  }

  async down(runner: QueryRunner) {
    // Forced row-level security binds the owner too.
    await runner.query("ALTER TABLE write NO FORCE ROW LEVEL SECURITY");
    await runner.query("DELETE FROM write WHERE target NOT IN ('lead', 'note', 'task', 'task_done')");
    await runner.query("ALTER TABLE write FORCE ROW LEVEL SECURITY");
    await runner.query("ALTER TABLE write DROP COLUMN thing");
    await runner.query("ALTER TABLE write DROP CONSTRAINT write_target_check");
    await runner.query(`
      ALTER TABLE write ADD CONSTRAINT write_target_check CHECK (target IN ('lead', 'note', 'task', 'task_done'))`);
  }
}
