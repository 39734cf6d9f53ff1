import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/** Prompt versions, verdicts, overrides and what the model has cost. Verdicts and overrides are only ever added. */
export class Qualification1764000000005 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE prompt_version (
        account_id bigint NOT NULL,
        number int NOT NULL,
        state text NOT NULL CHECK (state IN ('draft', 'published', 'archived')),
        content jsonb NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        published_at timestamptz,
        PRIMARY KEY (account_id, number)
      )`);
    await runner.query(
      "CREATE UNIQUE INDEX one_prompt_is_published ON prompt_version (account_id) WHERE state = 'published'",
    );

    await runner.query(`
      CREATE TABLE verdict (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        status text NOT NULL CHECK (status IN ('qualified', 'not_enough', 'needs_manual')),
        reason text,
        segment text,
        score int CHECK (score BETWEEN 0 AND 100),
        summary text NOT NULL DEFAULT '',
        next_action text NOT NULL DEFAULT '',
        question text,
        detail jsonb NOT NULL DEFAULT '{}',
        input_hash text NOT NULL,
        prompt_number int,
        model text,
        asked_by text NOT NULL,
        usage jsonb,
        cost_micros bigint NOT NULL DEFAULT 0,
        latency_ms int,
        decided_at timestamptz NOT NULL DEFAULT app_now()
      )`);
    await runner.query("CREATE INDEX verdict_newest ON verdict (account_id, lead_id, id DESC)");

    await runner.query(`
      CREATE TABLE override (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        kind text NOT NULL CHECK (kind IN ('set', 'clear')),
        segment text,
        score int CHECK (score BETWEEN 0 AND 100),
        reason text NOT NULL DEFAULT '',
        by_user_id bigint,
        by_name text NOT NULL DEFAULT '',
        verdict_id bigint,
        at timestamptz NOT NULL DEFAULT app_now(),
        expires_at timestamptz
      )`);
    await runner.query("CREATE INDEX override_newest ON override (account_id, lead_id, id DESC)");

    // One row for each answer paid for, also those that made no verdict; the month's sum is what the cap looks at.
    await runner.query(`
      CREATE TABLE model_call (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bigint NOT NULL,
        lead_id bigint,
        prompt_number int,
        model text NOT NULL,
        outcome text NOT NULL,
        usage jsonb,
        cost_micros bigint NOT NULL DEFAULT 0,
        latency_ms int,
        request_id text,
        at timestamptz NOT NULL DEFAULT app_now()
      )`);
    await runner.query("CREATE INDEX model_call_month ON model_call (account_id, at)");
    // In shards, or all verdicts of an account would queue for one row.
    await runner.query(`
      CREATE TABLE spend (
        account_id bigint NOT NULL,
        month date NOT NULL,
        shard smallint NOT NULL,
        cost_micros bigint NOT NULL DEFAULT 0,
        calls int NOT NULL DEFAULT 0,
        PRIMARY KEY (account_id, month, shard)
      )`);

    await runner.query(`
      CREATE TABLE rotation (
        account_id bigint NOT NULL,
        segment text NOT NULL,
        taken bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (account_id, segment)
      )`);

    for (const table of ["prompt_version", "verdict", "override", "model_call", "spend", "rotation"]) {
      await tenantTable(runner, table);
    }
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP TABLE rotation, spend, model_call, override, verdict, prompt_version");
  }
}
