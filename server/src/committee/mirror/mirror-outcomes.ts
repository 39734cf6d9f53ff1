import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import { type Outcome, Outcomes } from "../../write-back/outcomes.ts";
import { keepContact } from "./contact-rows.ts";
import { changeElement, elementsOf } from "./element-rows.ts";
import { Mirror } from "./mirror.service.ts";
import { NAME, type Shown, shownBy } from "./shown.ts";

/** Remembers what contacts and elements show by our doing, once it is written. */
@Injectable()
export class MirrorOutcomes implements OnModuleInit {
  constructor(
    private readonly outcomes: Outcomes,
    private readonly mirror: Mirror,
  ) {}

  onModuleInit() {
    this.outcomes.listen(["contact", "element", "element_change"], async (tx, accountId, ended) => {
      for (const outcome of ended) {
        if (outcome.row.target === "contact") await this.ofContact(tx, accountId, outcome);
        else if (outcome.row.target === "element") await this.ofNewElement(tx, accountId, outcome);
        else await this.ofElement(tx, accountId, outcome);
      }
    });
  }

  private async ofContact(tx: Tx, accountId: number, outcome: Outcome) {
    const contactId = outcome.row.body.contactId!;
    if (outcome.state === "sent") await keepContact(tx, accountId, contactId, { shown: shownOf(outcome) });
    // A person was quicker: what he has chosen is heard.
    else if (outcome.state === "superseded") await this.mirror.contacts(tx, accountId, [contactId]);
  }

  private async ofNewElement(tx: Tx, accountId: number, outcome: Outcome) {
    const { state, row, kommoId } = outcome;
    if (state !== "sent" || kommoId === undefined) return;
    const contactId = await changeElement(tx, row.marker!, { elementId: kommoId, shown: shownOf(outcome) });
    // What has changed since it was asked for could not be written into something that was not there.
    if (contactId !== undefined) await this.mirror.contacts(tx, accountId, [contactId]);
  }

  private async ofElement(tx: Tx, accountId: number, outcome: Outcome) {
    const { state, row } = outcome;
    const element = (await elementsOf(tx, row.body.listId!, [row.body.elementId!])).get(row.body.elementId!);
    if (!element) return;
    if (state === "sent") await changeElement(tx, element.marker, { shown: shownOf(outcome) });
    else if (state === "superseded") await this.mirror.list(tx, accountId);
    else if (outcome.isGone) await changeElement(tx, element.marker, { isGone: true });
  }
}

/** Of what Kommo refused it is not known what it shows. */
function shownOf({ row, refused = [] }: Outcome): Shown {
  const { values = [], name } = row.body;
  const taken = values.filter(({ field }) => !refused.includes(field));
  return { ...shownBy(taken), ...(name === undefined ? {} : { [NAME]: name }) };
}
