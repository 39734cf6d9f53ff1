import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import type { KommoClient } from "../kommo/client.ts";
import { KommoForbidden } from "../kommo/errors.ts";
import type { User } from "../kommo/resources.ts";
import { Accounts } from "./accounts.ts";
import { NeedsReconnect } from "./tokens.ts";

export const NO_ADMINISTRATOR = "The connecting user is no administrator any more.";

/** Only administrators may list users. 402 is about the account's plan or its payment. */
export function isLackOfRights(error: unknown): boolean {
  return error instanceof KommoForbidden && error.status === 403;
}

/** A mirror of the account's users with their rights, so that checking a right costs no call. */
@Injectable()
export class Users {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
  ) {}

  /** @throws NeedsReconnect when the user whose grant is the account's has lost the rights that everything here needs */
  async mirror(accountId: number, kommo: KommoClient) {
    const users = await this.usersOf(accountId, kommo);
    await this.tenancy.run(accountId, async (tx) => {
      await tx.query(
        `INSERT INTO kommo_user (account_id, user_id, name, email, group_id, is_admin, is_active, rights)
         SELECT $1, u.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bool[], $7::bool[], $8::jsonb[]) AS u
         ON CONFLICT (account_id, user_id) DO UPDATE SET
           name = excluded.name, email = excluded.email, group_id = excluded.group_id, is_admin = excluded.is_admin,
           is_active = excluded.is_active, rights = excluded.rights, mirrored_at = app_now()`,
        [
          accountId,
          users.map((u) => u.id),
          users.map((u) => u.name),
          users.map((u) => u.email),
          users.map((u) => u.rights.group_id ?? null),
          users.map((u) => u.rights.is_admin),
          users.map((u) => u.rights.is_active),
          users.map((u) => JSON.stringify({ leads: u.rights.leads, status_rights: u.rights.status_rights })),
        ],
      );
      await tx.query("UPDATE kommo_user SET is_active = false WHERE user_id <> ALL($1)", [users.map((u) => u.id)]);
    });
  }

  private async usersOf(accountId: number, kommo: KommoClient): Promise<User[]> {
    try {
      return await kommo.users();
    } catch (error) {
      if (!isLackOfRights(error)) throw error;
      await this.tenancy.run(accountId, (tx) => this.accounts.markNeedsReconnect(tx, accountId, NO_ADMINISTRATOR));
      throw new NeedsReconnect(NO_ADMINISTRATOR);
    }
  }
}
