import type { MigrationInterface, QueryRunner } from "typeorm";

/** Nobody's word is lost on its way: that somebody wants no mail, and when it was heard what a deal did. */
export class KeptWords1764000000058 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      ALTER TABLE customerio_person
        -- That he wants no mail, as long as Customer.io has not taken it: no operation says so, or one that waits does.
        ADD opt_out text CHECK (opt_out IN ('untold', 'queued'))`);
    // Where it is not known, what happened counts as heard when it is told.
    await runner.query("ALTER TABLE stage_change ADD heard_at timestamptz");
    await runner.query("ALTER TABLE stage_change ALTER heard_at SET DEFAULT app_now()");
    await runner.query(`
      ALTER TABLE customerio_deal
        -- When it was heard that the deal was made, as long as nobody has been told.
        ADD creation_heard_at timestamptz,
        -- When there was last nobody to be told of what had been heard by then.
        ADD unheard_at timestamptz`);
    await runner.query("DROP INDEX customerio_write_stuck");
    await runner.query("CREATE INDEX customerio_write_of_person ON customerio_write (account_id, person_id)");
    await runner.query(
      "CREATE INDEX customerio_write_stuck_of_lead ON customerio_write (account_id, lead_id, kind) WHERE state = 'stuck'",
    );
    await runner.query(
      "CREATE INDEX deals_sent_lead_open ON deals_sent_lead (account_id, deals_sent_id, lead_id) WHERE outcome IS NULL",
    );
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX deals_sent_lead_open, customerio_write_stuck_of_lead, customerio_write_of_person");
    await runner.query(
      "CREATE INDEX customerio_write_stuck ON customerio_write (account_id, id) WHERE state = 'stuck'",
    );
    await runner.query("ALTER TABLE customerio_deal DROP creation_heard_at, DROP unheard_at");
    await runner.query("ALTER TABLE stage_change DROP heard_at");
    await runner.query("ALTER TABLE customerio_person DROP opt_out");
  }
}
