import type { MigrationInterface, QueryRunner } from "typeorm";

const BEFORE = "pg_catalog, public";
const NOW = "pg_catalog, public, pg_temp";

/**
 * A schema for temporary tables that is not named is looked into first: whoever has the server's login could put a table of
 * his own in the place of ours, and so have code of his run with the rights of a door. Named last it hides nothing.
 */
export class DoorsSeeNoTemporaryTables1764000000071 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await setPath(runner, BEFORE, NOW);
  }

  async down(runner: QueryRunner) {
    await setPath(runner, NOW, BEFORE);
  }
}

async function setPath(runner: QueryRunner, from: string, to: string) {
  await runner.query(`
    DO $$ DECLARE door regprocedure; BEGIN
      FOR door IN SELECT oid FROM pg_proc
                   WHERE pronamespace = 'public'::regnamespace AND prosecdef AND 'search_path=${from}' = ANY(proconfig) LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = ${to}', door);
      END LOOP;
    END $$`);
}
