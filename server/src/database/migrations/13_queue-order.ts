import type { MigrationInterface, QueryRunner } from "typeorm";

/** The queue is read from its indexes in just the order in which it is shown, so that no page repeats or leaves out a lead. */
export class QueueOrder1764000000013 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await rebuild(runner, ORDER);
  }

  async down(runner: QueryRunner) {
    await rebuild(runner, `segment, score DESC, (${WAITING_SINCE})`);
  }
}

const WAITING_SINCE = "coalesce(unanswered_at, CASE WHEN answered_at IS NULL THEN kommo_created_at END)";
const ORDER = `segment, score DESC NULLS LAST, (${WAITING_SINCE}), lead_id`;

async function rebuild(runner: QueryRunner, order: string) {
  await runner.query("DROP INDEX lead_queue, lead_queue_of_user");
  await runner.query(`CREATE INDEX lead_queue ON lead (account_id, ${order}) WHERE closed_at IS NULL AND gone IS NULL`);
  await runner.query(`
    CREATE INDEX lead_queue_of_user ON lead (account_id, responsible_user_id, ${order})
     WHERE closed_at IS NULL AND gone IS NULL`);
}
