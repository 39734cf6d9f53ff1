import type { InputIssue } from "@dealscope/shared/api-error";
import type { ItemComplaint } from "../kommo/errors.ts";
import { valueKeys } from "./cards.ts";
import type { Wish } from "./read-wish.ts";

type Complaint = ItemComplaint["errors"][number];

/** Kommo does not know a field any more that we write: an administrator's doing, and no fault of the request's. */
export class FieldGone extends Error {
  override readonly name = "FieldGone";
  readonly unavailable = true;
  readonly retryAfterMs = 10_000;
}

/** Fields of a contact that a complaint may be about. */
const NAMED: ReadonlySet<string> = new Set(["name", "email", "phone", "title"]);

const OF_THE_SETTINGS = ["pipeline_id", "status_id", "responsible_user_id", "tags_to_add"];

/** Keys of a lead that come from the settings: what Kommo does not know any more of them is left out, and the lead comes all the same. */
export function staleSettings(complaints: readonly Complaint[]): string[] {
  const keys = complaints.map(({ path }) => path.split(".")[0] ?? "");
  return keys.every((key) => OF_THE_SETTINGS.includes(key)) ? keys : [];
}

/**
 * What Kommo says of a lead with its contact and company, by fields of the request.
 * @throws FieldGone
 */
export function leadIssues(complaints: readonly Complaint[], wish: Wish): InputIssue[] {
  return complaints.map(({ path, detail }) => {
    const [, entity, , ...rest] = path.startsWith("_embedded.") ? path.split(".") : [];
    if (entity === "contacts") return contactIssue({ path: rest.join("."), detail }, wish, 0);
    if (entity === "companies") return companyIssue({ path: rest.join("."), detail });
    if (path.startsWith("custom_fields_values")) throw fieldGone();
    return issue(path === "price" ? "deal.price" : path === "name" ? "deal.name" : "deal", detail);
  });
}

/** @throws FieldGone */
export function contactIssue(complaint: Pick<Complaint, "path" | "detail">, wish: Wish, place: number): InputIssue {
  const person = wish.people[place];
  const [key = "", index, part] = complaint.path.split(".");
  const value = key === "custom_fields_values" && person ? valueKeys(person)[Number(index)] : key;
  if (value === "reference") throw fieldGone();
  if (value === "title" && part !== "values") throw fieldGone("for the job title");
  const field = value !== undefined && NAMED.has(value) ? `.${value}` : "";
  return issue(`contacts.${place}${field}`, complaint.detail);
}

/** @throws FieldGone */
export function companyIssue({ path, detail }: Pick<Complaint, "path" | "detail">): InputIssue {
  if (path.startsWith("custom_fields_values")) throw fieldGone();
  return issue("company.name", detail);
}

function issue(path: string, detail: string): InputIssue {
  return { path, message: `Kommo does not take this: ${detail || "it does not say why."}` };
}

function fieldGone(which = "Dealscope reference"): FieldGone {
  return new FieldGone(`The field ${which} is missing in Kommo, which is looked at again.`);
}
