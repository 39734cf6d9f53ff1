import { Injectable } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import type { Provisioned } from "../../installation/provisioning.ts";
import { markerFor } from "../../write-back/marker.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import { beginElement, changeElement, type ElementRow, type Pair, pairsOf } from "./element-rows.ts";
import { isForeign, NAME, type Shown, wish } from "./shown.ts";
import { wantedOfElement } from "./wanted.ts";

type List = NonNullable<Provisioned["list"]>;

/** A person as Kommo shows him at this moment. */
export interface Person {
  id: number;
  name: string;
  /** The deals that he is linked to, and which of them are open. */
  leadIds: ReadonlySet<number>;
  openLeadIds: ReadonlySet<number>;
}

/** Brings a person's elements of the list to what we know of him, deal by deal; closed deals are left as they are. */
@Injectable()
export class Elements {
  constructor(private readonly writes: WriteBack) {}

  async put(tx: Tx, accountId: number, person: Person, list: List) {
    for (const pair of await pairsOf(tx, person.id)) {
      const element = pair.element?.listId === list.id ? pair.element : null;
      if (element?.isGone) continue;
      const isLinked = person.leadIds.has(pair.leadId);
      if (element?.elementId && element.isLinked !== isLinked) await this.link(tx, accountId, element, isLinked);
      if (person.openLeadIds.has(pair.leadId) && pair.approval !== null) {
        await this.tell(tx, accountId, person, list, { pair, approval: pair.approval, element });
      }
    }
  }

  /** Who leaves a deal leaves its list, and comes back to it; what a person has unlinked by hand is left alone. */
  private async link(tx: Tx, accountId: number, { leadId, listId, elementId, marker }: ElementRow, isLinked: boolean) {
    const body = { elementId: elementId!, listId };
    await this.writes.put(tx, accountId, {
      leadId,
      origin: "qualification",
      target: isLinked ? "link" : "unlink",
      body,
    });
    await changeElement(tx, marker, { isLinked });
  }

  private async tell(
    tx: Tx,
    accountId: number,
    { id: contactId, name }: Person,
    list: List,
    { pair, approval, element }: { pair: Pair; approval: NonNullable<Pair["approval"]>; element: ElementRow | null },
  ) {
    const { leadId, role, lastTouchAt } = pair;
    const wanted = wantedOfElement({ name: name || `Contact ${contactId}`, role, approval, lastTouchAt }, list);
    if (element?.elementId) return this.change(tx, accountId, { element, isDue: pair.isDue }, wanted, list);
    const isWorthAnElement = role !== null || approval !== "pending";
    if (!isWorthAnElement && !element) return;
    const marker = markerFor(accountId, "element", list.id, leadId, contactId);
    if (element && !(await isGivenUp(tx, marker))) return;
    const { [NAME]: title, ...fields } = wanted;
    const values = Object.entries(fields).map(([fieldId, shown]) => wish(Number(fieldId), shown));
    await this.writes.putOrRevive(tx, accountId, {
      leadId,
      origin: "qualification",
      target: "element",
      body: { listId: list.id, name: title ?? "", values },
      marker,
    });
    await beginElement(tx, accountId, { leadId, contactId, listId: list.id, marker, wanted });
  }

  private async change(
    tx: Tx,
    accountId: number,
    { element, isDue }: { element: ElementRow; isDue: boolean },
    wanted: Shown,
    list: List,
  ) {
    const { shown, leadId, elementId, marker } = element;
    const asked = isDue ? element.wanted : shown;
    const options: Record<string, Readonly<Record<string, number>>> = {
      [list.fields.role]: list.roles,
      [list.fields.approval]: list.approvals,
    };
    // Chosen after our last word, it stands until there is another one.
    const isLeft = (key: string) =>
      !isDue &&
      options[key] !== undefined &&
      isForeign(shown[key] ?? null, options[key]) &&
      (element.wanted[key] ?? null) === wanted[key];
    const keys = Object.keys(wanted).filter((key) => !isLeft(key));
    const isOther = (key: string, than: Shown) => wanted[key] !== (than[key] ?? null);
    if (!keys.some((key) => isOther(key, asked))) return;
    const differing = keys.filter((key) => isOther(key, asked) || isOther(key, shown));
    // What is on its way may be there by then or not; else a person's choice is seen by it.
    const seen = (key: string) =>
      options[key] !== undefined && (asked[key] ?? null) === (shown[key] ?? null) ? (shown[key] ?? null) : undefined;
    const values = differing
      .filter((key) => key !== NAME)
      .map((key) => wish(Number(key), wanted[key] ?? null, seen(key)));
    await this.writes.put(tx, accountId, {
      leadId,
      origin: "qualification",
      target: "element_change",
      body: {
        listId: list.id,
        elementId: elementId!,
        ...(differing.includes(NAME) ? { name: wanted[NAME] ?? "" } : {}),
        values,
      },
    });
    await changeElement(tx, marker, { wanted: { ...asked, ...wanted } });
  }
}

/** The row that was to make it is not under way any more. */
async function isGivenUp(tx: Tx, marker: string): Promise<boolean> {
  const [row] = await tx.query("SELECT state FROM write WHERE marker = $1", [marker]);
  return !row || row.state === "dead";
}
