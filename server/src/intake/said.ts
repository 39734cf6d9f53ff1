import type { Person, Wish } from "./read-wish.ts";

/** How a form names somebody. */
export function lineOf({ name, title, email, phone, role }: Person, roleNames: ReadonlyMap<string, string>): string {
  return [name, title, email, phone, roleNames.get(role) ?? role].filter(Boolean).join(", ");
}

/** All that was sent, for the people who work on the deal: what Kommo has known before is not written over. */
export function noteOf(
  { deal, company, people, message }: Wish,
  keyName: string,
  roleNames: ReadonlyMap<string, string>,
) {
  return [
    `Sent by the form “${keyName}”`,
    ...(message === "" ? [] : ["", message]),
    "",
    ...(deal.name === "" ? [] : [`Deal: ${deal.name}${deal.price > 0 ? `, ${deal.price}` : ""}`]),
    ...(company === "" ? [] : [`Company: ${company}`]),
    ...people.flatMap((person) => [
      `Contact: ${lineOf(person, roleNames)}`,
      ...(person.phoneAsWritten === undefined ? [] : [`Phone as written: ${person.phoneAsWritten}`]),
    ]),
  ].join("\n");
}
