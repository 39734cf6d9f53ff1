import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What was written into an account's audit stays, also for who has the server's login: he would be the first to wish it gone. Two
 * things may go: the reason of an override, when a person is erased, and all of it, when the account is.
 */
export class TheAuditStays1764000000073 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
      BEGIN
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) = to_jsonb(OLD) || jsonb_build_object('detail', OLD.detail - 'reason') THEN
          RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM account a WHERE a.account_id = OLD.account_id
                                           AND a.status = 'uninstalled' AND a.erase_at <= app_now()) THEN
          RETURN OLD;
        END IF;
        RAISE insufficient_privilege USING MESSAGE = 'What stands in the audit stays.';
      END $$`);
    await runner.query(
      "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays()",
    );
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP TRIGGER audit_stays ON audit; DROP FUNCTION audit_stays()");
  }
}
