import { Injectable } from "@nestjs/common";
import type { AppClient } from "../../../customerio/app-client.ts";
import { CustomerIoKeyRefused } from "../../../customerio/errors.ts";
import { Connections } from "../../connection/connections.ts";
import type { Identifier } from "./identifier.ts";
import type { KnownAs } from "./person-rows.ts";

/** Whose a new address is, as far as we may ask. */
export type Owner =
  /** Nobody's, or the person's already; his own id at Customer.io, null when he is unknown there. */
  | { is: "free"; cioId: string | null; isSure: boolean }
  | { is: "taken" }
  /** There is no key to ask with, and no id by which he could be called. */
  | { is: "unknown" };

/** A contact with another address than he was told of by. */
export interface AddressChange {
  contactId: number;
  person: KnownAs;
  to: Identifier;
}

/**
 * Only the address of a person whom nobody else is changes with the card. Who shares it with others has got one of his own,
 * and is another person from then on; so is everybody who is found by another rule, and whoever gets another id of the workspace's own.
 */
export function isAddressChange(person: KnownAs | undefined, to: Identifier): person is KnownAs {
  return person?.by === "email" && to.by === "email" && person.key !== to.key && !person.isShared;
}

/** Looks whose an address is before somebody gets it: Customer.io says nothing when it refuses one, and merges people. */
@Injectable()
export class Addresses {
  constructor(private readonly connections: Connections) {}

  async owners(accountId: number, changes: readonly AddressChange[]): Promise<Map<number, Owner>> {
    const owners = new Map<number, Owner>();
    if (changes.length === 0) return owners;
    const app = await this.connections.appOf(accountId);
    for (const change of changes) owners.set(change.contactId, await ownerOf(app, change));
    return owners;
  }
}

async function ownerOf(app: AppClient | undefined, { person, to }: AddressChange): Promise<Owner> {
  try {
    return app ? await askFor(app, person, to) : withoutAsking(person);
  } catch (error) {
    // What a person has to see to is said at the keys.
    if (error instanceof CustomerIoKeyRefused) return withoutAsking(person);
    throw error;
  }
}

async function askFor(app: AppClient, person: KnownAs, to: Identifier): Promise<Owner> {
  const cioId = await idOf(app, person);
  const holders = await app.findByEmail(to.value);
  const isTaken = holders.some((holder) => holder.cioId !== cioId);
  return isTaken ? { is: "taken" } : { is: "free", cioId, isSure: true };
}

/**
 * An id that webhooks or an earlier look have taught may be of somebody who was deleted or merged since, and what is said of an
 * unknown one is dropped without a word: whoever has the old address is the person.
 */
async function idOf(app: AppClient, { identifier, cioId }: KnownAs): Promise<string | null> {
  const ids = (await app.findByEmail(identifier)).flatMap((holder) => holder.cioId ?? []);
  if (ids.length > 0) return ids.find((id) => id === cioId) ?? ids[0]!;
  return cioId !== null && (await app.isKnown(cioId)) ? cioId : null;
}

function withoutAsking({ cioId }: KnownAs): Owner {
  return cioId === null ? { is: "unknown" } : { is: "free", cioId, isSure: false };
}

export const TAKEN = (contactId: number) =>
  `The address of the contact ${contactId} was changed in Kommo, but the new one belongs to somebody else in Customer.io. Merge the two there or change one of the addresses, then retry.`;

export const UNKNOWN = (contactId: number) =>
  `The address of the contact ${contactId} was changed in Kommo, and Dealscope does not know who that is in Customer.io. Change the address there by hand or save an App API key, then retry.`;
