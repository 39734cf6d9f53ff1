import { Injectable } from "@nestjs/common";
import { FrontDesk } from "../database/front-desk.ts";
import type { Cursor } from "../database/page-cursor.ts";
import type { Tx } from "../database/tenancy.ts";

export interface AuditRow {
  /** To the microsecond. */
  at: string;
  key: string;
  /** Null: of no account, or of one that is gone. */
  accountId: number | null;
  actor: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
}

export const AUDIT_PAGE = 100;

/** Who is signed in here and did what; kept beside what was done in accounts, and longer than they are. */
@Injectable()
export class OperatorLog {
  constructor(private readonly frontDesk: FrontDesk) {}

  /** @param tx of what was done, so that neither is without the other */
  async add(actor: string, action: string, subject = "", tx?: Tx) {
    await (tx ?? this.frontDesk.dataSource).query(
      "INSERT INTO operator_audit (actor, action, subject) VALUES ($1, $2, $3)",
      [actor, action, subject],
    );
  }

  /** Newest first, over all accounts. One more than a page tells whether there is another. */
  async page(before: Cursor | undefined, word: string | undefined): Promise<AuditRow[]> {
    return this.frontDesk.dataSource.query(
      `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, key, account_id AS "accountId",
              actor, action, subject, detail
         FROM operator_audit_page($1, $2, $3, ${AUDIT_PAGE + 1})`,
      [before?.at ?? null, before?.key ?? null, word ?? null],
    );
  }
}
