import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction, tenantTable } from "../rules.ts";

const TABLES = ["intake_key", "intake_request", "intake_creation", "merge_proposal"];

/** What comes in by forms: keys, requests with what became of them, what they have made in Kommo, and who may be the same. */
export class Intake1764000000036 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE intake_key (
        account_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        name text NOT NULL,
        key_hash bytea NOT NULL UNIQUE,
        -- To be shown again; empty when the key is revoked.
        key_sealed text NOT NULL,
        former_hash bytea UNIQUE,
        former_until timestamptz,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT app_now(),
        rotated_at timestamptz,
        revoked_at timestamptz,
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query(`
      CREATE TABLE intake_request (
        account_id bigint NOT NULL,
        no bigint GENERATED ALWAYS AS IDENTITY,
        receipt uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
        key_id bigint NOT NULL,
        idempotency_key text,
        body_hash bytea NOT NULL,
        -- Only until it is carried out.
        body jsonb,
        -- Addresses and names by which two requests may be about the same; as long as the body.
        about text[] NOT NULL DEFAULT '{}',
        plan jsonb,
        -- From here on others about the same people wait for it.
        is_started boolean NOT NULL DEFAULT false,
        state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'done', 'failed', 'spam')),
        lead_id bigint,
        contact_ids bigint[] NOT NULL DEFAULT '{}',
        is_extended boolean NOT NULL DEFAULT false,
        issues jsonb NOT NULL DEFAULT '[]',
        received_at timestamptz NOT NULL DEFAULT app_now(),
        ended_at timestamptz,
        PRIMARY KEY (account_id, no)
      )`);
    await runner.query(
      "CREATE UNIQUE INDEX intake_request_once ON intake_request (account_id, key_id, idempotency_key) WHERE idempotency_key IS NOT NULL",
    );
    await runner.query("CREATE INDEX intake_request_equal ON intake_request (account_id, body_hash, received_at)");
    await runner.query("CREATE INDEX intake_request_kept ON intake_request (account_id, no) WHERE body IS NOT NULL");

    // One row for each thing that is to be made in Kommo, committed before the request for it leaves.
    await runner.query(`
      CREATE TABLE intake_creation (
        account_id bigint NOT NULL,
        request_no bigint NOT NULL,
        entity text NOT NULL CHECK (entity IN ('lead', 'contact', 'company')),
        -- Which contact of the request; 0 for the others.
        place int NOT NULL,
        marker text NOT NULL,
        -- Of a company, by which it is found again before Kommo shows it.
        name text,
        state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'made', 'refused')),
        kommo_id bigint,
        -- Since a request left whose outcome is not known, and whose request it was.
        unknown_since timestamptz,
        leaving uuid,
        looks int NOT NULL DEFAULT 0,
        -- Why Kommo does not take it.
        issue jsonb,
        ended_at timestamptz,
        PRIMARY KEY (account_id, request_no, entity, place)
      )`);
    await runner.query(
      "CREATE INDEX intake_creation_made ON intake_creation (account_id, entity, kommo_id) WHERE kommo_id IS NOT NULL",
    );
    await runner.query(`
      CREATE TABLE merge_proposal (
        account_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        request_no bigint NOT NULL,
        entity text NOT NULL CHECK (entity IN ('contact', 'company')),
        kept_id bigint NOT NULL,
        other_ids bigint[] NOT NULL,
        shared text NOT NULL,
        at timestamptz NOT NULL DEFAULT app_now(),
        dismissed_at timestamptz,
        dismissed_by text,
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query(
      "CREATE UNIQUE INDEX merge_proposal_once ON merge_proposal (account_id, entity, kept_id, other_ids)",
    );
    for (const table of TABLES) await tenantTable(runner, table);

    // Door "lookup": from a form's key to its account, nothing else.
    await runner.query("GRANT SELECT ON intake_key TO dealscope_lookup");
    await runner.query("CREATE POLICY lookup ON intake_key FOR SELECT TO dealscope_lookup USING (true)");
    await runner.query(`
      CREATE FUNCTION lookup_by_intake_key(hash bytea) RETURNS TABLE (account_id bigint, key_id bigint, status text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT k.account_id, k.id, a.status FROM intake_key k JOIN account a ON a.account_id = k.account_id
         WHERE k.revoked_at IS NULL AND (k.key_hash = hash OR (k.former_hash = hash AND k.former_until > app_now()))
      $$`);
    await doorFunction(runner, "lookup_by_intake_key(bytea)", "dealscope_lookup");
    await replaceSamples(runner, "UNION ALL SELECT key_sealed FROM intake_key");
  }

  async down(runner: QueryRunner) {
    await replaceSamples(runner, "");
    await runner.query("DROP FUNCTION lookup_by_intake_key(bytea)");
    await runner.query(`DROP TABLE ${TABLES.join(", ")}`);
  }
}

async function replaceSamples(runner: QueryRunner, more: string) {
  await runner.query("DROP FUNCTION sealed_samples()");
  await runner.query(`
    CREATE FUNCTION sealed_samples() RETURNS TABLE (sealed text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT DISTINCT ON (split_part(kept.sealed, ':', 1)) kept.sealed FROM (
        SELECT path_key_sealed FROM account
        UNION ALL SELECT access_sealed FROM oauth_grant
        UNION ALL SELECT refresh_sealed FROM oauth_grant
        UNION ALL SELECT code_sealed FROM install_callback
        UNION ALL SELECT pair_sealed FROM install_callback
        ${more}
      ) kept (sealed) WHERE kept.sealed <> ''
    $$`);
  await doorFunction(runner, "sealed_samples()", "dealscope_lookup");
}
