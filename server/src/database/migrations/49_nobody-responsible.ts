import type { MigrationInterface, QueryRunner } from "typeorm";

/** Kommo calls nobody 0. Leads that were read before this was known have kept it, and were counted as a person's. */
export class NobodyResponsible1764000000049 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // Forced row-level security binds the owner too.
    await runner.query("ALTER TABLE lead NO FORCE ROW LEVEL SECURITY");
    await runner.query("UPDATE lead SET responsible_user_id = NULL WHERE responsible_user_id = 0");
    await runner.query("ALTER TABLE lead FORCE ROW LEVEL SECURITY");
  }

  async down() {
    // NULL is understood by whatever comes before.
  }
}
