import type { Preview } from "@dealscope/shared/customerio";
import type { EngagementSettings } from "@dealscope/shared/engagement";
import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../../../database/tenancy.ts";
import { Accounts } from "../../../installation/accounts.ts";
import { type Provisioned, provisioned } from "../../../installation/provisioning.ts";
import { LeadReader, type LeadReading } from "../../../leads/reader.ts";
import { SubjectGone } from "../../../work/failure.ts";
import { dealsOfPerson, mainPipelineOf } from "../people/deals-of-person.ts";
import { identifierOf } from "../people/identifier.ts";
import { contactAttributes, personAttributes } from "../people/person-attributes.ts";
import { contactsOf, findPerson } from "../people/person-rows.ts";
import { whom } from "../people/whom.ts";
import { ITEM_BYTES } from "../sending/pack.ts";
import { IDENTIFIER_BYTES, present } from "./attribute.ts";
import { type Deal, dealAttributes, namedDeal } from "./deal-attributes.ts";
import { type MemberCard, membersOf, ownerOf } from "./deal-facts.ts";
import { readStanding } from "./deal-rows.ts";

/** Shows of a real deal what settings would send, before anything is. */
@Injectable()
export class DealPreview {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly reader: LeadReader,
  ) {}

  /** @throws SubjectGone when Kommo has no such lead */
  async of(accountId: number, leadId: number, settings: EngagementSettings): Promise<Preview> {
    const reading = await this.reader.read(accountId, leadId, "interactive");
    if (!reading) throw new SubjectGone(`Lead ${leadId} is gone.`);
    const account = await this.accounts.get(accountId);
    const made = provisioned.parse(account.provisioned);
    return this.tenancy.run(accountId, (tx) => preview(tx, reading, { settings, made, currency: account.currency }));
  }
}

interface Terms {
  settings: EngagementSettings;
  made: Provisioned;
  currency: string;
}

async function preview(tx: Tx, reading: LeadReading, terms: Terms): Promise<Preview> {
  const { lead } = reading;
  const { settings, made, currency } = terms;
  const { segment, score } = await readStanding(tx, lead.id);
  const deal = { lead, pipelines: made.pipelines, currency, owner: await ownerOf(tx, reading), segment, score };
  const told = dealAttributes(deal, settings.fields, null);
  const spoken = whom(settings.speaksFor, await membersOf(tx, reading));
  const people: Preview["people"] = [];
  const problems = [...told.problems];
  if (spoken.length === 0) problems.push("This deal speaks for nobody, so nobody is told of it.");
  for (const member of spoken) {
    const one = await person(tx, terms, deal, member);
    people.push(one.shown);
    problems.push(...one.problems);
  }
  const event = present(namedDeal(lead.id, told.attributes));
  return { people, object: settings.objectTypeId === null ? null : event, event, problems };
}

async function person(tx: Tx, { settings, made }: Terms, deal: Deal, { contactId, contact, role }: MemberCard) {
  const identifier = identifierOf(contact, settings.identifier);
  const id = identifier && (await findPerson(tx, identifier));
  const contactIds = [...new Set([contactId, ...(id ? await contactsOf(tx, id) : [])])];
  const deals = await dealsOfPerson(tx, contactIds, settings.speaksFor, mainPipelineOf(made));
  const card = contactAttributes(contact, settings);
  const { attributes } = dealAttributes(deal, settings.fields, role);
  const leadId = deal.lead.id;
  const shown = personAttributes(
    {
      before: {},
      deals: { ...deals, chosen: leadId },
      deal: { id: leadId, attributes },
      cards: [{ contactId, attributes: card.attributes }],
    },
    settings,
  );
  const name = contact.name || `The contact ${contactId}`;
  const problems = [...card.problems];
  if (identifier === null) problems.push(nameless(name, settings));
  if (deals.chosen !== null && deals.chosen !== leadId)
    problems.push(
      `${name} is shown with another deal, ${deals.chosen}: of several the open ones come first, then those of the main pipeline, then the latest.`,
    );
  if (Buffer.byteLength(JSON.stringify(shown)) > ITEM_BYTES)
    problems.push(`${name}: all this is larger than the ${ITEM_BYTES} bytes that Customer.io takes at once.`);
  return {
    shown: {
      contactId,
      name: contact.name,
      identifier: identifier && { by: identifier.by, value: identifier.value },
      attributes: shown,
    },
    problems,
  };
}

function nameless(name: string, { identifier }: EngagementSettings): string {
  const what = identifier.by === "email" ? "e-mail address" : "value in the field that identifies people";
  return `${name} has no ${what} of up to ${IDENTIFIER_BYTES} bytes, so nothing is sent of this person.`;
}
