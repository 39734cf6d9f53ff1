import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction, tenantTable } from "../rules.ts";

/** Who we are installed at, whose grants we hold, and the one door that finds an account before its tenancy is set. */
export class Accounts1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE account (
        account_id bigint PRIMARY KEY,
        name text NOT NULL DEFAULT '',
        host text NOT NULL,
        language text NOT NULL DEFAULT 'en',
        currency text NOT NULL DEFAULT 'USD',
        timezone text NOT NULL DEFAULT 'UTC',
        status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'needs_reconnect', 'uninstalled')),
        status_reason text,
        status_since timestamptz NOT NULL DEFAULT now(),
        path_key_hash bytea NOT NULL UNIQUE,
        path_key_sealed text NOT NULL,
        settings jsonb NOT NULL DEFAULT '{}',
        settings_version int NOT NULL DEFAULT 1,
        provisioned jsonb NOT NULL DEFAULT '{}',
        last_heard_at timestamptz,
        erase_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await tenantTable(runner, "account");

    await runner.query(`
      CREATE TABLE oauth_grant (
        account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
        user_id bigint NOT NULL,
        kind text NOT NULL CHECK (kind IN ('oauth', 'long_lived')),
        is_admin boolean NOT NULL,
        is_the_accounts boolean NOT NULL DEFAULT false,
        access_sealed text,
        refresh_sealed text,
        access_expires_at timestamptz NOT NULL,
        refreshed_at timestamptz NOT NULL DEFAULT now(),
        refused_at timestamptz,
        PRIMARY KEY (account_id, user_id)
      )`);
    await runner.query(
      "CREATE UNIQUE INDEX one_grant_is_the_accounts ON oauth_grant (account_id) WHERE is_the_accounts",
    );
    await tenantTable(runner, "oauth_grant");

    // Kommo never resends an install callback, so it is kept before anything else happens. No account is known yet.
    await runner.query(`
      CREATE TABLE install_callback (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        code_sealed text NOT NULL,
        -- What the code was exchanged for; a code works once.
        pair_sealed text,
        host text NOT NULL,
        from_widget boolean NOT NULL,
        state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'refused')),
        attempts int NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL DEFAULT now(),
        last_error text,
        account_id_found bigint,
        received_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query("GRANT SELECT, INSERT, UPDATE, DELETE ON install_callback TO dealscope_tenant");

    await runner.query(`
      CREATE TABLE spent_token (
        account_id bigint NOT NULL,
        jti text NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (account_id, jti)
      )`);
    await tenantTable(runner, "spent_token");

    await runner.query(`
      CREATE TABLE audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bigint NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        actor text NOT NULL,
        action text NOT NULL,
        subject text NOT NULL DEFAULT '',
        detail jsonb NOT NULL DEFAULT '{}'
      )`);
    await runner.query("CREATE INDEX audit_newest ON audit (account_id, id DESC)");
    await tenantTable(runner, "audit");

    // Door "lookup": from a secret path key or an account's own id to the account, nothing else.
    await runner.query("GRANT SELECT ON account TO dealscope_lookup");
    await runner.query("CREATE POLICY lookup ON account FOR SELECT TO dealscope_lookup USING (true)");
    await runner.query(`
      CREATE FUNCTION lookup_by_path_key(key_hash bytea) RETURNS TABLE (account_id bigint, status text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
      $$ SELECT account_id, status FROM account WHERE path_key_hash = key_hash $$`);
    await doorFunction(runner, "lookup_by_path_key(bytea)", "dealscope_lookup");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP FUNCTION lookup_by_path_key(bytea)");
    await runner.query("DROP TABLE audit, spent_token, install_callback, oauth_grant, account");
  }
}
