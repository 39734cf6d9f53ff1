import type { Wish } from "./read-wish.ts";

/** All that was sent, for the people who work on the deal: what Kommo has known before is not written over. */
export function noteOf(
  { deal, company, people, message }: Wish,
  keyName: string,
  roleNames: ReadonlyMap<string, string>,
) {
  const persons = people.map(({ name, email, phone, role }) =>
    [name, email, phone, roleNames.get(role) ?? role].filter(Boolean).join(", "),
  );
  return [
    `Sent by the form “${keyName}”`,
    ...(message === "" ? [] : ["", message]),
    "",
    ...(deal.name === "" ? [] : [`Deal: ${deal.name}${deal.price > 0 ? `, ${deal.price}` : ""}`]),
    ...(company === "" ? [] : [`Company: ${company}`]),
    ...persons.map((person) => `Contact: ${person}`),
  ].join("\n");
}
