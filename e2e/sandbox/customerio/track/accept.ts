import type { Workspace } from "../state/workspace.ts";
import { applyToObject } from "./apply-object.ts";
import { applyToPerson } from "./apply-person.ts";
import { judgeLimits } from "./limits.ts";
import { type Operation, readOperation } from "./operation.ts";
import { invalid, type Refusal } from "./refusal.ts";

/** Checks what can be told at once. What is accepted is applied later, and may yet come to nothing. */
export function accept(workspace: Workspace, body: unknown): Refusal[] {
  const read = readOperation(body);
  if ("refusals" in read) return read.refusals;
  const { operation } = read;
  const refusals = [...judgeLimits(operation, workspace.surroundings.switches), ...judgeKinds(workspace, operation)];
  if (refusals.length === 0) workspace.later(() => apply(workspace, operation));
  return refusals;
}

function apply(workspace: Workspace, operation: Operation): void {
  if (operation.type === "person") applyToPerson(workspace, operation);
  if (operation.type === "object") applyToObject(workspace, operation);
}

/** An object type that is not there, an identifier that is none in this workspace. */
function judgeKinds(workspace: Workspace, operation: Operation): Refusal[] {
  if (operation.type === "delivery") return [];
  if (operation.action === "merge")
    return [operation.primary, operation.secondary].flatMap((one) => judgeKind(workspace, one));
  if (operation.type === "person") return judgeKind(workspace, operation.identifiers);
  if ("cio_object_id" in operation.identifiers) return [];
  const { object_type_id } = operation.identifiers;
  if (workspace.objects.types.has(object_type_id)) return [];
  return [invalid("identifiers.object_type_id", `object type ${object_type_id} does not exist`)];
}

function judgeKind(workspace: Workspace, identifiers: object): Refusal[] {
  return Object.keys(identifiers)
    .filter((kind) => !workspace.identifiesBy(kind))
    .map((kind) => invalid(`identifiers.${kind}`, `${kind} is not an identifier of this workspace`));
}
