import type { MigrationInterface, QueryRunner } from "typeorm";

/** Up to which of the moves told of a deal lies behind its place: the gates go along with what comes after, move by move. */
export class MovesSeen1764000000047 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE gate_place ADD COLUMN seen_move int NOT NULL DEFAULT 0");
    await runner.query(`
      UPDATE gate_place p SET seen_move = coalesce((
        SELECT max(ordinal) FROM stage_change s WHERE (s.account_id, s.lead_id) = (p.account_id, p.lead_id)), 0)`);
  }

  async down(runner: QueryRunner) {
    await runner.query("ALTER TABLE gate_place DROP COLUMN seen_move");
  }
}
