import type { Tx } from "../database/tenancy.ts";
import type { KommoClient } from "../kommo/client.ts";
import type { Provisioned } from "./provisioning.ts";

export interface Provisioning {
  accountId: number;
  kommo: KommoClient;
  /** As it was last kept. */
  before: Provisioned;
  /** Takes a sentence for whatever an administrator has to see to. */
  problems: string[];
}

/** What a feature needs in an account. Features register theirs with `Provision`; nothing here knows a feature. */
export interface Need {
  /** Makes what is missing and finds again what is there; safe to repeat. */
  provide(provisioning: Provisioning): Promise<{
    found: Partial<Provisioned>;
    /** Fields or options are there that were not, so that what was written for want of them is put right. */
    isNew: boolean;
  }>;
  /** Told in the transaction that ends the provisioning. */
  completes?(tx: Tx, accountId: number, isNew: boolean): Promise<void>;
}
