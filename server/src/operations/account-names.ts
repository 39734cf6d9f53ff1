import { createHmac } from "node:crypto";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { Doors } from "../database/doors.ts";

export interface NamedAccount {
  /** As the metrics call it. */
  name: string;
  accountId: number;
  status: string;
}

/**
 * What metrics call accounts. Metrics go to other machines and to people who may know figures but not customers; a plain hash
 * of a number can be looked up in a list of all numbers, so it is made with the operator's token.
 */
@Injectable()
export class AccountNames {
  constructor(
    private readonly doors: Doors,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  of(accountId: number): string {
    const key = `account names ${this.config.OPERATOR_TOKEN ?? ""}`;
    return createHmac("sha256", key).update(String(accountId)).digest("hex").slice(0, 12);
  }

  /** Who is who, for the operator. */
  async all(): Promise<NamedAccount[]> {
    const accounts = await this.doors.installedAccounts();
    return accounts.map((account) => ({ name: this.of(account.accountId), ...account }));
  }
}
