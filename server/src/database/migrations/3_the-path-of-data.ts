import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction, tenantTable } from "../rules.ts";

/** Deliveries, work and writes: everything that is still to be done is a row here. */
export class ThePathOfData1764000000003 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE delivery (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bigint NOT NULL,
        source text NOT NULL,
        content_type text NOT NULL,
        body text NOT NULL,
        flag text,
        state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'duplicate', 'dead', 'quarantined')),
        dedupe_key bytea,
        attempts int NOT NULL DEFAULT 0,
        last_error text,
        received_at timestamptz NOT NULL DEFAULT app_now(),
        unpacked_at timestamptz
      )`);
    await runner.query("CREATE INDEX delivery_new ON delivery (account_id, id) WHERE state = 'new'");
    await runner.query(
      "CREATE INDEX delivery_heard ON delivery (account_id, dedupe_key, received_at) WHERE dedupe_key IS NOT NULL",
    );
    await runner.query("CREATE INDEX delivery_age ON delivery (received_at)");
    await tenantTable(runner, "delivery");

    await runner.query(`
      CREATE TABLE work (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bigint NOT NULL,
        kind text NOT NULL,
        subject bigint NOT NULL,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'dead')),
        priority smallint NOT NULL,
        due_at timestamptz NOT NULL,
        first_event_at timestamptz NOT NULL DEFAULT app_now(),
        detail jsonb NOT NULL DEFAULT '{}',
        generation int NOT NULL DEFAULT 1,
        attempts int NOT NULL DEFAULT 0,
        waits int NOT NULL DEFAULT 0,
        lease_token uuid,
        leased_until timestamptz,
        last_error text,
        UNIQUE (account_id, kind, subject)
      )`);
    await runner.query("CREATE INDEX work_due ON work (account_id, priority, due_at) WHERE state = 'open'");
    await runner.query("CREATE INDEX work_due_anywhere ON work (due_at) WHERE state = 'open'");
    await tenantTable(runner, "work");

    await runner.query(`
      CREATE TABLE write (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        seq bigint NOT NULL,
        target text NOT NULL CHECK (target IN ('lead', 'note', 'task', 'task_done')),
        origin text NOT NULL CHECK (origin IN ('gate', 'rep', 'qualification', 'engagement')),
        body jsonb NOT NULL,
        expect jsonb,
        marker text,
        work_kind text,
        state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'superseded', 'dead')),
        outcome text,
        outcome_unknown_since timestamptz,
        kommo_id bigint,
        due_at timestamptz NOT NULL DEFAULT app_now(),
        attempts int NOT NULL DEFAULT 0,
        waits int NOT NULL DEFAULT 0,
        lease_token uuid,
        leased_until timestamptz,
        last_error text,
        made_at timestamptz NOT NULL DEFAULT app_now(),
        ended_at timestamptz,
        UNIQUE (account_id, lead_id, seq)
      )`);
    await runner.query("CREATE INDEX write_due ON write (account_id, due_at) WHERE state = 'due'");
    await runner.query("CREATE INDEX write_due_anywhere ON write (due_at) WHERE state = 'due'");
    await runner.query("CREATE UNIQUE INDEX write_marker ON write (account_id, marker) WHERE marker IS NOT NULL");
    await tenantTable(runner, "write");

    // Door "door": many accounts' deliveries in one statement. It may insert and cannot read.
    await runner.query("GRANT INSERT ON delivery TO dealscope_door");
    await runner.query("CREATE POLICY door ON delivery FOR INSERT TO dealscope_door WITH CHECK (true)");
    await runner.query(`
      CREATE FUNCTION door_deliver(accounts bigint[], sources text[], types text[], bodies text[], flags text[], states text[])
      RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        INSERT INTO delivery (account_id, source, content_type, body, flag, state)
        SELECT * FROM unnest(accounts, sources, types, bodies, flags, states)
      $$`);
    await doorFunction(runner, "door_deliver", "dealscope_door");

    // Door "sweep": which accounts have something due, and when the next thing will be. Ids and times only.
    await runner.query("GRANT SELECT ON account, delivery, work, write TO dealscope_sweep");
    for (const table of ["account", "delivery", "work", "write"]) {
      await runner.query(`CREATE POLICY sweep ON ${table} FOR SELECT TO dealscope_sweep USING (true)`);
    }
    await runner.query(`
      CREATE FUNCTION sweep_due() RETURNS TABLE (account_id bigint)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT DISTINCT d.account_id FROM delivery d WHERE d.state = 'new'
        UNION
        SELECT w.account_id FROM (
          SELECT account_id FROM work
           WHERE state = 'open' AND due_at <= app_now() AND (leased_until IS NULL OR leased_until < app_now())
          UNION
          SELECT account_id FROM write
           WHERE state = 'due' AND due_at <= app_now() AND (leased_until IS NULL OR leased_until < app_now())
        ) w JOIN account a ON a.account_id = w.account_id AND a.status = 'active'
      $$`);
    await doorFunction(runner, "sweep_due", "dealscope_sweep");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP FUNCTION sweep_due; DROP FUNCTION door_deliver; DROP TABLE write, work, delivery");
  }
}
