import { Injectable } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";

/** What a feature gives up when an account leaves: should it come back, nothing of it goes on by itself. */
export interface Leaving {
  /** Told in the transaction that ends the account, when its work is gone already. */
  left?(tx: Tx, accountId: number): Promise<void>;
  /** Told in the transaction that connects it again. What was under way when it left has an outcome by now. */
  returned?(tx: Tx, accountId: number): Promise<void>;
}

/** Features that have something under way which is known nowhere else. */
@Injectable()
export class Leavings {
  private readonly features: Leaving[] = [];

  add(feature: Leaving) {
    this.features.push(feature);
  }

  async left(tx: Tx, accountId: number) {
    for (const feature of this.features) await feature.left?.(tx, accountId);
  }

  async returned(tx: Tx, accountId: number) {
    for (const feature of this.features) await feature.returned?.(tx, accountId);
  }
}
