import type { MigrationInterface, QueryRunner } from "typeorm";

/** Waits are counted for each thing that may be away, so a row says which one its count is about. */
export class WhatWorkWaitsFor1764000000009 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE work ADD COLUMN waits_on text");
  }

  async down(runner: QueryRunner) {
    await runner.query("ALTER TABLE work DROP COLUMN waits_on");
  }
}
