import { createHmac } from "node:crypto";
import { Injectable } from "@nestjs/common";
import { Doors } from "../database/doors.ts";
import { Sealing } from "../installation/sealing.ts";

export interface NamedAccount {
  /** As the metrics call it. */
  name: string;
  /** As they did before the key was changed, as long as the old one is there. */
  formerNames: string[];
  accountId: number;
  status: string;
}

/**
 * What metrics call accounts. Metrics go to other machines and to people who may know figures but not customers; a plain hash
 * of a number can be looked up in a list of all numbers, so it is made with a key that leaves the servers in no request.
 */
@Injectable()
export class AccountNames {
  private readonly keys: Buffer[];

  constructor(
    private readonly doors: Doors,
    sealing: Sealing,
  ) {
    this.keys = sealing.signingKeys("account names");
  }

  of(accountId: number): string {
    return named(accountId, this.keys[0]!);
  }

  formerlyOf(accountId: number): string[] {
    return this.keys.slice(1).map((key) => named(accountId, key));
  }

  /** Who is who, for the operator. */
  async all(): Promise<NamedAccount[]> {
    const accounts = await this.doors.installedAccounts();
    return accounts.map((account) => ({
      name: this.of(account.accountId),
      formerNames: this.formerlyOf(account.accountId),
      ...account,
    }));
  }
}

function named(accountId: number, key: Buffer): string {
  return createHmac("sha256", key).update(String(accountId)).digest("hex").slice(0, 12);
}
