import type { KommoEvent } from "./events.ts";
import {
  type FormNode,
  type FormValue,
  integerAt,
  nodeAt,
  nodesOf,
  parseKommoForm,
  textAt,
  timeAt,
} from "./kommo-form.ts";

/** Kommo's number for "this is about a lead", and a name that was seen in its place. */
const ELEMENT_LEAD = ["2", "lead", "leads"];
const DEEPEST = 12;

/** A call of the Digital Pipeline, as far as it is believed. */
export interface DigitalPipelineCall {
  /** Ours: our widget puts it into the action's settings when it is saved. */
  key: string | undefined;
  accountId: number | undefined;
  /** What is kept of it: all but the settings, because they hold the key. */
  kept: string;
}

/**
 * Reads a body in either type that is known: documents print JSON, the wire carries forms. What type it claims to have
 * says little, so the body itself is looked at.
 * @throws when it is neither
 */
export function readCall(body: string): DigitalPipelineCall {
  const call = body.trimStart().startsWith("{") ? nodeOf(JSON.parse(body)) : parseKommoForm(body);
  const settings = settingsIn(call);
  const { account_id, event } = call;
  return {
    key: textAt(settings, "key"),
    accountId: integerAt(call, "account_id"),
    kept: JSON.stringify({ account_id, event, action: textAt(settings, "action") ?? "check_gate" }),
  };
}

/** What a kept call says; nothing of what is not about a lead. */
export function digitalPipelineEvents(kept: string): { accountId: number | undefined; events: KommoEvent[] } {
  const call = nodeOf(JSON.parse(kept));
  const event = nodeAt(call, "event");
  const leadId = leadIn(nodeAt(event, "data"));
  const action = textAt(call, "action");
  const accountId = integerAt(call, "account_id");
  if (!leadId || (action !== "check_gate" && action !== "qualify")) return { accountId, events: [] };
  return { accountId, events: [{ type: "lead.dp_called", leadId, action, at: timeAt(event, "time") }] };
}

function settingsIn(call: FormNode): FormNode | undefined {
  return nodeAt(nodeAt(nodeAt(nodeAt(call, "action"), "settings"), "widget"), "settings");
}

/** `data[id]`, or as it was seen once, `data[leads][status][0][id]`. */
function leadIn(data: FormNode | undefined): number | undefined {
  const type = textAt(data, "element_type");
  if (type !== undefined && !ELEMENT_LEAD.includes(type)) return undefined;
  const listed = nodesOf(data?.leads).flatMap((action) => nodesOf(action));
  return integerAt(data, "id") ?? listed.map((lead) => integerAt(lead, "id")).find((id) => id !== undefined);
}

/** JSON as the form that would say the same. */
function nodeOf(value: unknown, depth = 0): FormNode {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return {};
  const node: FormNode = Object.create(null);
  for (const [key, one] of Object.entries(value)) {
    const entry: FormValue | undefined =
      typeof one === "object" && one !== null ? nodeOf(one, depth + 1) : one === null ? undefined : String(one);
    node[key] = entry;
  }
  return node;
}
