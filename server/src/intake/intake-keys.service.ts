import { randomBytes } from "node:crypto";
import { type IntakeKey, MOST_INTAKE_KEYS, type NewIntakeKey } from "@dealscope/shared/intake";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { type AccountStatus, Doors } from "../database/doors.ts";
import { hashKey, KnownKeys } from "../database/known-keys.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { PROVISION } from "../installation/installations.ts";
import { Sealing } from "../installation/sealing.ts";
import { Work } from "../work/work.ts";

/** So long a page may still use the key before the last exchange. */
const FORMER_WORKS = "24 hours";

/** There is no such key, or it is revoked. */
export class NoIntakeKey extends Error {}

/** As many keys as there may be. */
export class TooManyKeys extends Error {}

/** A trusted key that stood in a page would let any visitor speak for the account. */
export class NotForPages extends Error {}

export interface KeyOwner {
  accountId: number;
  keyId: number;
  status: AccountStatus;
  isTrusted: boolean;
}

interface Row {
  id: number;
  name: string;
  is_trusted: boolean;
  key_sealed: string;
  created_by: string;
  created_at: Date;
  rotated_at: Date | null;
  former_until: Date | null;
}

/** The keys by which forms reach an account. */
@Injectable()
export class IntakeKeys {
  private readonly known: KnownKeys<KeyOwner>;

  constructor(
    doors: Doors,
    private readonly tenancy: Tenancy,
    private readonly sealing: Sealing,
    private readonly work: Work,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.known = new KnownKeys((hash) => doors.accountOfIntakeKey(hash));
  }

  /** @throws when the database is away and the key is not remembered */
  ownerOf(key: string): Promise<KeyOwner | undefined> {
    return this.known.accountOf(key);
  }

  list(accountId: number): Promise<IntakeKey[]> {
    return this.tenancy.run(accountId, async (tx) => {
      const rows: Row[] = await tx.query(`SELECT * FROM intake_key WHERE revoked_at IS NULL ORDER BY id`);
      return rows.map((row) => this.toKey(row));
    });
  }

  /**
   * Where a page sends its form.
   * @throws NoIntakeKey, NotForPages
   */
  async urlForPage(accountId: number, id: number): Promise<string> {
    const key = (await this.list(accountId)).find((one) => one.id === id);
    if (!key) throw new NoIntakeKey();
    if (key.isTrusted) throw new NotForPages("This key is for your own servers. Make another one for the page.");
    return key.url;
  }

  /** @throws TooManyKeys */
  async make(accountId: number, { name, isTrusted }: NewIntakeKey, by: string): Promise<void> {
    await this.tenancy.run(accountId, async (tx) => {
      // Two administrators at once must not go past the limit together.
      await tx.query("SELECT FROM account FOR UPDATE");
      const [{ keys }] = await tx.query("SELECT count(*)::int AS keys FROM intake_key WHERE revoked_at IS NULL");
      if (keys >= MOST_INTAKE_KEYS) {
        throw new TooManyKeys(`There are ${MOST_INTAKE_KEYS} keys already; revoke one that is not used any more.`);
      }
      const key = newKey();
      await tx.query(
        "INSERT INTO intake_key (account_id, name, is_trusted, key_hash, key_sealed, created_by) VALUES ($1, $2, $3, $4, $5, $6)",
        [accountId, name, isTrusted, hashKey(key), this.sealing.seal(key), by],
      );
      await note(tx, accountId, by, isTrusted ? "trusted intake key made" : "intake key made", name);
      await this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "interactive" }]);
      this.forgetAfter(tx);
    });
  }

  /** Exchanges a key; the one before works a day longer, so that pages can be changed in peace. */
  async rotate(accountId: number, id: number, by: string): Promise<void> {
    const key = newKey();
    await this.change(
      accountId,
      by,
      "intake key exchanged",
      `UPDATE intake_key SET key_hash = $2, key_sealed = $3, former_hash = key_hash,
              former_until = app_now() + interval '${FORMER_WORKS}', rotated_at = app_now()
        WHERE id = $1 AND revoked_at IS NULL RETURNING name`,
      [id, hashKey(key), this.sealing.seal(key)],
    );
  }

  /** For good, the one before the last exchange too. What has come in by it is still carried out. */
  async revoke(accountId: number, id: number, by: string): Promise<void> {
    await this.change(
      accountId,
      by,
      "intake key revoked",
      `UPDATE intake_key SET revoked_at = app_now(), key_sealed = '', former_hash = NULL, former_until = NULL
        WHERE id = $1 AND revoked_at IS NULL RETURNING name`,
      [id],
    );
  }

  private change(accountId: number, by: string, action: string, sql: string, parameters: unknown[]): Promise<void> {
    return this.tenancy.run(accountId, async (tx) => {
      const [[changed]]: [{ name: string }[]] = await tx.query(sql, parameters);
      if (!changed) throw new NoIntakeKey();
      await note(tx, accountId, by, action, changed.name);
      this.forgetAfter(tx);
    });
  }

  private forgetAfter(tx: Tx) {
    this.tenancy.afterCommit(tx, () => this.known.forget());
  }

  private toKey(row: Row): IntakeKey {
    return {
      id: row.id,
      name: row.name,
      isTrusted: row.is_trusted,
      url: new URL(`/intake/${this.sealing.open(row.key_sealed)}`, this.config.PUBLIC_URL).href,
      createdBy: row.created_by,
      createdAt: row.created_at.toISOString(),
      rotatedAt: row.rotated_at?.toISOString() ?? null,
      formerUntil: row.former_until?.toISOString() ?? null,
    };
  }
}

function newKey(): string {
  return randomBytes(32).toString("base64url");
}

async function note(tx: Tx, accountId: number, actor: string, action: string, subject: string) {
  await tx.query("INSERT INTO audit (account_id, actor, action, subject) VALUES ($1, $2, $3, $4)", [
    accountId,
    actor,
    action,
    subject,
  ]);
}
