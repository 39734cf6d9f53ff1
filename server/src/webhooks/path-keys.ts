import { Injectable } from "@nestjs/common";
import { type AccountStatus, Doors } from "../database/doors.ts";
import { KnownKeys } from "../database/known-keys.ts";
import { Sealing } from "../installation/sealing.ts";

interface Owner {
  accountId: number;
  status: AccountStatus;
}

/** The key in a webhook's path. General webhooks carry no other proof. */
@Injectable()
export class PathKeys extends KnownKeys<Owner> {
  constructor(doors: Doors) {
    super((hash) => doors.accountOfPathKey(hash));
  }
}

/** The key in the settings of an action in the Digital Pipeline, which carries no other proof either. */
@Injectable()
export class DigitalPipelineKeys extends KnownKeys<Owner> {
  constructor(doors: Doors) {
    super((hash) => doors.accountOfDigitalPipelineKey(hash));
  }
}

interface Correspondent extends Owner {
  /** Null: nobody has pasted one yet. */
  signingKey: string | null;
}

/** The key in the address of Customer.io's reporting webhook, which says whose it is; the signature says that it is true. */
@Injectable()
export class CustomerIoKeys extends KnownKeys<Correspondent> {
  constructor(doors: Doors, sealing: Sealing) {
    super(async (hash) => {
      const found = await doors.accountOfCustomerIoKey(hash);
      if (!found) return undefined;
      const { signingKeySealed, ...owner } = found;
      return { ...owner, signingKey: signingKeySealed === null ? null : sealing.open(signingKeySealed) };
    });
  }
}
