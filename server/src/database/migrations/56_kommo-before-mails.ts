import type { MigrationInterface, QueryRunner } from "typeorm";

/** What Kommo tells is found at once, however many mails were told of before it. */
export class KommoBeforeMails1764000000056 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(
      "CREATE INDEX delivery_new_of_kommo ON delivery (account_id, id) WHERE state = 'new' AND source <> 'customerio'",
    );
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX delivery_new_of_kommo");
  }
}
