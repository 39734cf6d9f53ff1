import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction } from "../rules.ts";

/**
 * What a login for BI tools may do to others. Limits of a role are advice, as it may set others in its session; so looks that
 * last are ended from outside. Taking a login away succeeds whatever it has left behind, also in another database.
 */
export class BiLimits1764000000046 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE OR REPLACE FUNCTION bi_admit(verifier text) RETURNS text
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      DECLARE login text := public.bi_login_name();
      BEGIN
        IF login IS NULL OR verifier !~ '^SCRAM-SHA-256\\$\\d+:[A-Za-z0-9+/=]+\\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' THEN
          RAISE invalid_parameter_value USING MESSAGE = 'There is no account, or this is no verifier of a password.';
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
          EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', login, verifier);
        ELSE
          EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION INHERIT '
                         'CONNECTION LIMIT 10 PASSWORD %L', login, verifier);
        END IF;
        EXECUTE format('GRANT dealscope_bi TO %I WITH INHERIT TRUE, SET FALSE, ADMIN FALSE', login);
        -- To see how long its looks last, and to end them.
        EXECUTE format('GRANT %I TO dealscope_bi_admitter WITH INHERIT TRUE', login);
        -- With a new password it starts anew: it may have set for itself what it liked.
        EXECUTE format('ALTER ROLE %I RESET ALL', login);
        EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET ALL', login, current_database());
        EXECUTE format('ALTER ROLE %I SET statement_timeout = ''60s''', login);
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''60s''', login);
        EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', login);
        RETURN login;
      END $$`);
    await runner.query(`
      CREATE OR REPLACE FUNCTION bi_revoke() RETURNS boolean
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      DECLARE login text := public.bi_login_name();
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
          RETURN false;
        END IF;
        -- From here on it can do nothing, whatever becomes of the rest.
        EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', login);
        EXECUTE format('REVOKE dealscope_bi FROM %I', login);
        EXECUTE format('GRANT %I TO dealscope_bi_admitter WITH INHERIT TRUE', login);
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = login;
        EXECUTE format('DROP OWNED BY %I', login);
        BEGIN
          EXECUTE format('DROP ROLE %I', login);
        EXCEPTION WHEN dependent_objects_still_exist THEN
          RAISE WARNING 'The role % owns something in another database and stays, without any right here.', login;
        END;
        RETURN true;
      END $$`);
    await runner.query(`
      CREATE FUNCTION bi_end_long(longest interval) RETURNS int
      LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))::int FROM pg_stat_activity
         WHERE datname = current_database() AND usename LIKE 'bi\\_%\\_' || left(md5(current_database()), 8)
           AND xact_start < now() - longest
      $$`);
    await doorFunction(runner, "bi_end_long(interval)", "dealscope_bi_admitter");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP FUNCTION bi_end_long(interval)");
  }
}
