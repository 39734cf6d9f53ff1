import type { MigrationInterface, QueryRunner } from "typeorm";

/** When a request about a row was first about to leave: whoever finds it done after a death knows that it may be our doing. */
export class WhatHasLeft1764000000060 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE write ADD left_at timestamptz");
  }

  async down(runner: QueryRunner) {
    await runner.query("ALTER TABLE write DROP left_at");
  }
}
