import { randomBytes } from "node:crypto";
import { BI_VIEWS, type BiAccess, type BiSecret } from "@dealscope/shared/bi";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { scramVerifier } from "./scram.ts";

/** The operator's database lets us make no roles. */
export class NoLoginsHere extends Error {}

const INSUFFICIENT_PRIVILEGE = "42501";

/** The one login of an account for BI tools: made, renewed and taken away by its administrators. */
@Injectable()
export class BiLogins {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  of(accountId: number): Promise<BiAccess> {
    return this.tenancy.run(accountId, (tx) => this.read(tx));
  }

  /**
   * Makes the login, or gives it another password.
   * @throws NoLoginsHere
   */
  async make(accountId: number, by: string): Promise<BiSecret> {
    const password = randomBytes(24).toString("base64url");
    return this.tenancy.run(accountId, async (tx) => {
      await tx.query("SELECT FROM account FOR UPDATE");
      const login = await admit(tx, scramVerifier(password));
      await tx.query(
        `INSERT INTO bi_login (account_id, login, made_by) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET login = excluded.login, made_by = excluded.made_by, made_at = app_now()`,
        [accountId, login, by],
      );
      await audit(tx, accountId, by, "bi login made", login);
      return { ...(await this.read(tx)), password };
    });
  }

  /** Ends it with its open connections. */
  async revoke(accountId: number, by: string): Promise<BiAccess> {
    return this.tenancy.run(accountId, async (tx) => {
      await tx.query("SELECT FROM account FOR UPDATE");
      const [rows] = await tx.query("DELETE FROM bi_login RETURNING login");
      await tx.query("SELECT bi_revoke()");
      if (rows[0]) await audit(tx, accountId, by, "bi login revoked", rows[0].login);
      return this.read(tx);
    });
  }

  private async read(tx: Tx): Promise<BiAccess> {
    const [row] = await tx.query("SELECT login, made_by, made_at FROM bi_login");
    const [{ database }] = await tx.query("SELECT current_database() AS database");
    return {
      login: row ? { name: row.login, madeBy: row.made_by, madeAt: row.made_at.toISOString() } : null,
      address: this.config.BI_ADDRESS ?? null,
      database,
      views: [...BI_VIEWS],
    };
  }
}

async function admit(tx: Tx, verifier: string): Promise<string> {
  try {
    const [{ login }] = await tx.query("SELECT bi_admit($1) AS login", [verifier]);
    return login;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === INSUFFICIENT_PRIVILEGE)) throw error;
    throw new NoLoginsHere(
      "This database does not let Dealscope make logins. Its operator has to give the role dealscope_bi_admitter the right to create roles.",
    );
  }
}

async function audit(tx: Tx, accountId: number, by: string, action: string, login: string) {
  await tx.query("INSERT INTO audit (account_id, actor, action, subject) VALUES ($1, $2, $3, $4)", [
    ...[accountId, by, action, login],
  ]);
}
