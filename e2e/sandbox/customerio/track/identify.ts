import type { Identifiers } from "../state/people.ts";
import type { Person } from "../state/person.ts";
import type { Workspace } from "../state/workspace.ts";
import { ATTRIBUTES } from "./limits.ts";
import { mergeInto } from "./merge.ts";
import { changeTopics, isPreference } from "./topics.ts";

const NOT_ATTRIBUTES = new Set(["cio_relationships", "anonymous_id", "_timestamp", "_update", "cio_id"]);

interface Wish {
  identifiers: Identifiers;
  attributes: Record<string, unknown>;
  /** Unix seconds; orders writes that compete. */
  timestamp: number;
}

/**
 * Creates or changes a person by the rules of the contract's section 2.2. Nothing comes back to the caller: what cannot
 * be done stands in the log. Returns the person who was written, if any.
 */
export function identify(workspace: Workspace, { identifiers, attributes, timestamp }: Wish): Person | undefined {
  const { people } = workspace;
  const given = identifiersIn(workspace, attributes);
  if ([identifiers, ...given].some((one) => people.isSuppressed(one))) return undefined;
  const found = "cio_id" in identifiers ? byCioId(workspace, identifiers, given) : find(workspace, identifiers, given);
  if (found === "failed") return undefined;
  const target = found ?? createUnlessUpdate(workspace, identifiers, attributes);
  if (!target) return undefined;
  if (target.countWith(attributes) > ATTRIBUTES) {
    workspace.failedChange(`a person cannot have more than ${ATTRIBUTES} attributes`, target.cioId);
    return undefined;
  }
  takeIdentifiers(target, [identifiers, ...given]);
  const wasUnsubscribed = target.unsubscribed;
  for (const [name, value] of Object.entries(attributes)) {
    if (NOT_ATTRIBUTES.has(name) || isPreference(name) || given.some((one) => name in one)) continue;
    target.set(name, value, timestamp);
  }
  changeTopics(workspace, target, attributes, timestamp);
  if (typeof attributes.anonymous_id === "string") {
    for (const event of workspace.events.claim(attributes.anonymous_id, target)) workspace.eventReceived(event);
  }
  if (target.unsubscribed !== wasUnsubscribed) workspace.subscriptionChanged(target, "customer");
  return target;
}

/** The identifiers in the body, each alone; those that do not identify people in this workspace are attributes. */
function identifiersIn(workspace: Workspace, attributes: Record<string, unknown>): Identifiers[] {
  return (["id", "email"] as const)
    .filter((kind) => workspace.identifiesBy(kind) && isGiven(attributes[kind]))
    .map((kind) => ({ [kind]: String(attributes[kind]) }));
}

function isGiven(value: unknown): boolean {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}

type Found = Person | "failed" | undefined;

function byCioId(workspace: Workspace, identifiers: Identifiers, given: Identifiers[]): Found {
  const person = workspace.people.find(identifiers);
  const taken = given.some((one) => {
    const owner = workspace.people.find(one);
    return owner !== undefined && owner !== person;
  });
  if (!person || !taken) return person;
  return fail(workspace, "identifier belongs to another person", person);
}

function find(workspace: Workspace, identifiers: Identifiers, given: Identifiers[]): Found {
  const person = workspace.people.find(identifiers);
  const others = new Set(given.map((one) => workspace.people.find(one)).filter((one) => one !== undefined));
  if (person) others.delete(person);
  if (others.size > 1) return fail(workspace, "identifiers belong to different people", person);
  const [other] = others;
  // The known one receives the identifier of the path, even if it had another before.
  if (!person) return other;
  if (other) return joinHalves(workspace, person, other);
  if (given.some((one) => changes(workspace, person, identifiers, one))) {
    return fail(workspace, "identifier is set and can only be changed by cio_id", person);
  }
  return person;
}

function joinHalves(workspace: Workspace, person: Person, other: Person): Found {
  const areHalves = (person.id === null && other.email === null) || (person.email === null && other.id === null);
  const { mergesHalves, identifiedBy } = workspace.options;
  if (!mergesHalves || identifiedBy !== "id-and-email" || !areHalves) {
    return fail(workspace, "identifiers belong to different people", person);
  }
  const [older, younger] = person.createdAt <= other.createdAt ? [person, other] : [other, person];
  mergeInto(workspace, older, younger);
  return older;
}

function changes(workspace: Workspace, person: Person, path: Identifiers, { id, email }: Identifiers): boolean {
  if (id !== undefined) return person.id !== null && person.id !== id;
  const isOther = person.email !== null && person.email.toLowerCase() !== email?.toLowerCase();
  return isOther && !(workspace.options.emailChangesById && path.id !== undefined);
}

function createUnlessUpdate(
  workspace: Workspace,
  identifiers: Identifiers,
  attributes: Record<string, unknown>,
): Person | undefined {
  // An unknown cio_id drops the request.
  if ("cio_id" in identifiers) return undefined;
  if (attributes._update !== true) return workspace.people.create(workspace.now);
  workspace.failedChange("update of an unknown person", null);
  return undefined;
}

function takeIdentifiers(person: Person, all: Identifiers[]): void {
  for (const { id, email, phone } of all) {
    if (id !== undefined) person.id = id;
    if (email !== undefined) person.email = email;
    if (phone !== undefined) person.phone = phone;
  }
}

function fail(workspace: Workspace, why: string, person: Person | undefined): "failed" {
  workspace.failedChange(why, person?.cioId ?? null);
  return "failed";
}
