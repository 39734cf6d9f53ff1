import { Injectable } from "@nestjs/common";
import { type AccountStatus, Doors } from "../database/doors.ts";
import { KnownKeys } from "../database/known-keys.ts";

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
