import { Approval } from "@dealscope/shared/committee";
import { Inject, Injectable, type OnModuleInit } from "@nestjs/common";
import { CONFIG, type Config } from "../../config.ts";
import { lockLeads } from "../../database/lock-leads.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { Clients } from "../../installation/clients.ts";
import { PROVISION } from "../../installation/installations.ts";
import { type Provisioned, provisioned } from "../../installation/provisioning.ts";
import { KommoNotFound } from "../../kommo/errors.ts";
import { READ_AT_MOST } from "../../kommo/requests.ts";
import type { Element } from "../../kommo/resources.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { Edits } from "./edits.ts";
import { changeElement, type ElementRow, elementsOf, elementsUnderWay } from "./element-rows.ts";
import { Mirror } from "./mirror.service.ts";
import { READ_LIST } from "./mirror-kinds.ts";
import { isForeign, keyOf, type Shown, shownIn } from "./shown.ts";

/** A long list is read more seldom: so long a pause for each page of it. */
const PAGE_MS = 10_000;
/** What was made so lately may not show up in reads yet. */
const SHOWS_WITHIN = "1 minute";

type List = NonNullable<Provisioned["list"]>;

/** An element that shows something else than we wrote. */
interface Edited {
  before: ElementRow;
  element: Element;
  shown: Shown;
}

/**
 * Reads the list of stakeholders in full and hears what people have changed there: Kommo has no webhook for it. The newer
 * word wins, theirs or ours. That an element was unlinked from its deal says nothing of the contact.
 */
@Injectable()
export class ReadListWork implements WorkKind, OnModuleInit {
  readonly kind = READ_LIST;
  readonly recurs = true;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly mirror: Mirror,
    private readonly edits: Edits,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run({ accountId }: WorkItem): Promise<Decision> {
    const { list } = provisioned.parse((await this.accounts.get(accountId)).provisioned);
    // Provisioning begins anew when there is one again.
    if (!list) return {};
    const known = await this.tenancy.run(accountId, (tx) => elementsOf(tx, list.id));
    const elements = await this.read(accountId, list.id);
    // Somebody has deleted the list: it is made again where it is wanted.
    if (!elements) return { keep: (tx) => this.provision(tx, accountId), again: this.nextIn(0) };
    const there = new Map(elements.filter(({ is_deleted }) => !is_deleted).map((element) => [element.id, element]));
    const edited = [...known.values()].flatMap((before): Edited[] => {
      const element = there.get(before.elementId!);
      const shown = element && differing(before, element, list);
      return element && shown ? [{ before, element, shown }] : [];
    });
    const gone = [...known.values()].filter(({ elementId }) => !there.has(elementId!));
    return {
      ...(edited.length + gone.length > 0 ? { keep: (tx: Tx) => this.keep(tx, accountId, list, edited, gone) } : {}),
      again: this.nextIn(elements.length),
    };
  }

  private async read(accountId: number, listId: number): Promise<Element[] | undefined> {
    try {
      return await (await this.clients.of(accountId, "scan")).elements(listId);
    } catch (error) {
      if (error instanceof KommoNotFound) return undefined;
      throw error;
    }
  }

  private provision(tx: Tx, accountId: number) {
    return this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "backfill" }]);
  }

  private nextIn(elements: number): NonNullable<Decision["again"]> {
    const afterMs = this.config.SCAN_SECONDS * 1000 + Math.ceil(elements / READ_AT_MOST) * PAGE_MS;
    return { afterMs, counts: "nothing", why: "" };
  }

  private async keep(
    tx: Tx,
    accountId: number,
    list: List,
    edited: readonly Edited[],
    gone: readonly ElementRow[],
  ): Promise<void> {
    await lockLeads(
      tx,
      accountId,
      edited.map(({ before }) => before.leadId),
    );
    await tx.query(
      `UPDATE stakeholder_element SET is_gone = true
        WHERE marker = ANY($1) AND made_at < app_now() - interval '${SHOWS_WITHIN}'`,
      [gone.map(({ marker }) => marker)],
    );
    const now = await elementsOf(tx, list.id);
    const underWay = await elementsUnderWay(tx);
    for (const one of edited.toSorted((a, b) => a.before.leadId - b.before.leadId)) {
      const { elementId, shown } = one.before;
      // Ours was written while we read, or is on its way: the next reading will see what there is.
      const isSettled =
        JSON.stringify(now.get(elementId!)?.shown) === JSON.stringify(shown) && !underWay.has(elementId!);
      if (isSettled) await this.hear(tx, accountId, list, one);
    }
  }

  private async hear(tx: Tx, accountId: number, list: List, { before, element, shown }: Edited) {
    const { leadId, contactId, marker } = before;
    const foreign = Object.keys(shown).filter((field) => isForeign(shown[field] ?? null, optionsOf(field, list)));
    const known = Object.fromEntries(Object.entries(shown).filter(([field]) => !foreign.includes(field)));
    // Ours is asked for again where it is the newer one: it is other than what is shown now.
    await changeElement(tx, marker, { shown, wanted: { ...before.wanted, ...known } });
    // Why it stays there the setup says.
    if (foreign.length > 0) await this.provision(tx, accountId);
    if (await isNewer(tx, before, element.updated_at)) {
      const role = shown[list.fields.role];
      const key = role === undefined ? undefined : keyOf(role, list.roles);
      if (key !== undefined) await this.edits.role(tx, accountId, leadId, contactId, key);
      const approval = approvalIn(shown[list.fields.approval], list);
      if (approval) await this.edits.approval(tx, accountId, leadId, contactId, approval);
    }
    await this.mirror.contacts(tx, accountId, [contactId]);
  }
}

/** What a person can have chosen; undefined when it is all as we wrote it. */
function differing({ shown }: ElementRow, element: Element, { fields }: List): Shown | undefined {
  const changed = [fields.role, fields.approval].flatMap((fieldId) => {
    const now = shownIn(element, fieldId);
    return now === (shown[fieldId] ?? null) ? [] : [[String(fieldId), now] as const];
  });
  return changed.length > 0 ? Object.fromEntries(changed) : undefined;
}

function optionsOf(field: string, list: List): Readonly<Record<string, number>> {
  return Number(field) === list.fields.role ? list.roles : list.approvals;
}

function approvalIn(shown: string | null | undefined, list: List): Approval | undefined {
  if (shown === undefined) return undefined;
  // An approval that was cleared is asked for again.
  return Approval.safeParse(shown === null ? "pending" : keyOf(shown, list.approvals)).data;
}

/** Kommo tells whole seconds: in one and the same the person is believed. */
async function isNewer(tx: Tx, { leadId, contactId }: ElementRow, editedAt: Date | null): Promise<boolean> {
  const [row] = await tx.query(
    `SELECT date_trunc('second', max(changed_at)) > $3 AS is_older FROM stakeholder WHERE lead_id = $1 AND contact_id = $2`,
    [leadId, contactId, editedAt],
  );
  return editedAt !== null && row.is_older !== true;
}
