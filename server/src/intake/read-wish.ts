import type { InputIssue } from "@dealscope/shared/api-error";
import type { IntakeBody } from "@dealscope/shared/intake";
import type { Settings } from "@dealscope/shared/settings";
import type { CountryCode } from "libphonenumber-js/min";
import { mailboxIn, readPhone } from "../leads/contact-address.ts";
import type { Reach } from "../leads/same-person.ts";

/** Somebody whom a request names, in the form in which people are compared. */
export interface Person extends Reach {
  name: string;
  /** As on a business card. */
  title?: string | undefined;
  role: string;
  /** What a visitor wrote for a phone number and is none: it is told to people, and nobody is found or called by it. */
  phoneAsWritten?: string | undefined;
}

/** A request that can be carried out. */
export interface Wish {
  deal: { name: string; price: number };
  company: string;
  people: Person[];
  message: string;
}

/** The request cannot be carried out as it is. */
export class UnusableRequest extends Error {
  constructor(readonly issues: readonly InputIssue[]) {
    super(issues.map(({ message }) => message).join(" "));
  }
}

/** What a wish is read by. */
export interface Terms {
  settings: Settings;
  country: CountryCode | undefined;
  /** Whoever sends it can be told what is wrong and mends it; a visitor of a page would be lost with his enquiry. */
  isTrusted: boolean;
}

/**
 * What only the account knows: its roles, and which phone numbers are some.
 * @throws UnusableRequest naming every field that is wrong
 */
export function readWish(body: IntakeBody, { settings, country, isTrusted }: Terms): Wish {
  const issues: InputIssue[] = [];
  const roles = new Set(settings.committee.roles.map(({ key }) => key));
  const mailboxes = new Map<string, number>();
  const people = body.contacts.map(({ name, email, phone, title, role }, place): Person => {
    const complain = (field: string, message: string) => issues.push({ path: `contacts.${place}${field}`, message });
    if (name === "" && email === "" && phone === "") {
      complain("", "A contact needs a name, an e-mail or a phone number.");
    }
    const number = phone === "" ? "" : readPhone(phone, country);
    const phoneAsWritten = number === null && !isTrusted && (name !== "" || email !== "") ? phone : undefined;
    if (number === null && phoneAsWritten === undefined) {
      complain(".phone", `${phone} is not a phone number; write it with the country code, such as +49 171 5550199.`);
    }
    if (role !== "" && !roles.has(role)) complain(".role", `There is no role ${role} in this account.`);
    const mailbox = mailboxIn(email);
    const before = mailbox === undefined ? undefined : mailboxes.get(mailbox);
    if (before !== undefined) complain(".email", `contacts.${before} has this e-mail already.`);
    if (mailbox !== undefined) mailboxes.set(mailbox, place);
    return { name, email, phone: number ?? "", title, role, phoneAsWritten };
  });
  if (people.length === 0 && body.deal.name === "" && body.company.name === "") {
    issues.push({ path: "", message: "Name a contact, a company or a deal." });
  }
  if (issues.length > 0) throw new UnusableRequest(issues);
  const first = people[0];
  const name = body.deal.name || body.company.name || first?.name || first?.email || first?.phone || "";
  return { deal: { name, price: body.deal.price }, company: body.company.name, people, message: body.message };
}

/** Companies whose names differ in case and spaces only have one name. */
export function plainName(name: string): string {
  return name.trim().normalize("NFC").toLowerCase().replaceAll(/\s+/g, " ");
}

/** By what two requests may be about the same people or the same company. */
export function aboutOf({ company, people }: Wish): string[] {
  const addresses = people.flatMap(({ email, phone }) => [mailboxIn(email), phone]);
  const names = company === "" ? [] : [`company ${plainName(company)}`];
  return [...new Set([...addresses, ...names])].filter((one): one is string => Boolean(one));
}
