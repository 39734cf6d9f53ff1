import { Injectable } from "@nestjs/common";
import { type AccountStatus, Doors } from "../database/doors.ts";
import { KnownKeys } from "../database/known-keys.ts";

/** From the secret key in a webhook's path to the account. General webhooks carry no other proof. */
@Injectable()
export class PathKeys {
  private readonly keys: KnownKeys<{ accountId: number; status: AccountStatus }>;

  constructor(doors: Doors) {
    this.keys = new KnownKeys((hash) => doors.accountOfPathKey(hash));
  }

  /** @throws when the database is away and the key is not remembered */
  accountOf(key: string) {
    return this.keys.ownerOf(key);
  }
}
