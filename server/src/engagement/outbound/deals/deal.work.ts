import type { StageRef } from "@dealscope/shared/stage-ref";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../../../database/lock-leads.ts";
import { Remembered } from "../../../database/remembered.ts";
import { Tenancy, type Tx } from "../../../database/tenancy.ts";
import { Clients } from "../../../installation/clients.ts";
import { KnownLists } from "../../../installation/known-lists.ts";
import { LeadReader, type LeadReading } from "../../../leads/reader.ts";
import { priorities } from "../../../queue/priority.ts";
import { Work } from "../../../work/work.ts";
import type { Again, Decision, WorkItem, WorkKind } from "../../../work/work-kind.ts";
import { holdWorkspace } from "../../connection/connection-rows.ts";
import { CUSTOMERIO_DEAL } from "../../kinds.ts";
import { type AddressChange, Addresses, isAddressChange } from "../people/addresses.ts";
import { identifierOf } from "../people/identifier.ts";
import { knownAs } from "../people/person-rows.ts";
import { whom } from "../people/whom.ts";
import { type Beginning, readBeginning, readTerms, type Terms } from "./beginning.ts";
import { type MemberCard, membersOf, ownerOf } from "./deal-facts.ts";
import { readToldDeal, readWhereabouts, rememberCreation, type Whereabouts } from "./deal-rows.ts";
import type { DealDetail } from "./deals.listener.ts";
import { Telling } from "./telling.ts";

/** What Kommo tells of may take so long to show up in its reads. */
const SHOWS_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 250;
const NOT_SHOWN = "Kommo does not show it yet.";
/** After so long a wait for a gate it is looked less often. */
const SOON_MS = 10_000;
const SELDOM_MS = 5_000;
/** Many deals may come to a stage that is new. */
const ONE_LOOK_FOR_ALL_MS = 60_000;

/** One deal as Customer.io should know it: read, decide, put down what is to be sent. */
@Injectable()
export class DealWork implements WorkKind, OnModuleInit {
  readonly kind = CUSTOMERIO_DEAL;
  private readonly lookedAround = new Remembered<number, void>(ONE_LOOK_FOR_ALL_MS);

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly lists: KnownLists,
    private readonly reader: LeadReader,
    private readonly addresses: Addresses,
    private readonly telling: Telling,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run(item: WorkItem): Promise<Decision> {
    const { accountId, subject: leadId } = item;
    const beginning = await this.tenancy.run(accountId, (tx) => readBeginning(tx, leadId));
    if (!beginning) return {};
    if (beginning.isBeingJudged) return { again: whenJudged(item) };
    const priority = item.priority >= priorities.backfill ? "backfill" : "engagement";
    const reading = await this.reader.readNew(accountId, leadId, priority, item.firstEventAt);
    if (reading === "not yet") return { again: lookAgain(item, NOT_SHOWN) };
    if (!reading) {
      return fenced(item, beginning.terms, async (tx) => {
        await this.telling.gone(tx, accountId, leadId, beginning.terms);
        return undefined;
      });
    }
    const { lead } = reading;
    const at = { pipelineId: lead.pipeline_id, statusId: lead.status_id };
    const { whereabouts, ...facts } = await this.tenancy.run(accountId, (tx) => readFacts(tx, reading, at, beginning));
    if (isBehind(reading, whereabouts, item)) return { again: lookAgain(item, NOT_SHOWN) };
    const addedAt = addedAtOf(item.detail);
    // What stands on the card is of a move that does not count. When it is over, Kommo tells of it.
    if (whereabouts.isRefused) {
      if (ageOf(item) < SOON_MS) return { again: lookAgain(item, "The deal is sent back.") };
      if (addedAt === null) return {};
      return fenced(item, beginning.terms, async (tx) => {
        await rememberCreation(tx, accountId, leadId, addedAt);
        return undefined;
      });
    }
    const terms = await this.withStages(accountId, beginning, at);
    const owners = await this.addresses.owners(accountId, facts.addresses);
    const { moves, newest } = beginning;
    return fenced(item, terms, async (tx) => {
      const told = await readToldDeal(tx, leadId);
      const news = { addedAt, moves: moves.filter(({ ordinal }) => ordinal > told.move), newest };
      const isAll = await this.telling.tell(tx, { accountId, terms, reading, told, news, owners, ...facts });
      return isAll ? undefined : lookAgain(item, "What is under way to an address of before has to arrive first.");
    });
  }

  /** A stage that we have not heard of may be new. */
  private async withStages(accountId: number, { terms, moves }: Beginning, at: StageRef): Promise<Terms> {
    const { pipelines } = terms.made;
    const isKnown = ({ pipelineId, statusId }: StageRef) =>
      pipelines.some(({ id, statuses }) => id === pipelineId && statuses.some((stage) => stage.id === statusId));
    if ([at, ...moves.map(({ to }) => to)].every(isKnown)) return terms;
    await this.lookedAround.get(accountId, async () => {
      const kommo = await this.clients.of(accountId, "engagement");
      await this.lists.keep(accountId, { pipelines: await kommo.pipelines() });
    });
    return (await this.tenancy.run(accountId, readTerms)) ?? terms;
  }
}

/** Keeps what was decided for a workspace with the deal locked, or decides anew when the account speaks to another one by now. */
function fenced(item: WorkItem, { environmentId }: Terms, keep: (tx: Tx) => Promise<Again | undefined>): Decision {
  const decision: Decision = {};
  decision.keep = async (tx) => {
    await lockLeads(tx, item.accountId, [item.subject]);
    decision.again = (await holdWorkspace(tx, environmentId))
      ? await keep(tx)
      : { afterMs: 0, counts: "nothing", why: "Another workspace was connected meanwhile." };
  };
  return decision;
}

function addedAtOf({ addedAt }: DealDetail): Date | null {
  return addedAt === undefined ? null : new Date(addedAt);
}

interface Facts {
  /** For whom the deal speaks, the main one first. */
  spoken: MemberCard[];
  owner: string | null;
  addresses: AddressChange[];
  whereabouts: Whereabouts;
}

async function readFacts(tx: Tx, reading: LeadReading, at: StageRef, { terms }: Beginning): Promise<Facts> {
  const { settings } = terms;
  const spoken = whom(settings.speaksFor, await membersOf(tx, reading));
  const known = await knownAs(
    tx,
    spoken.map(({ contactId }) => contactId),
  );
  const addresses = spoken.flatMap(({ contactId, contact }): AddressChange[] => {
    const to = identifierOf(contact, settings.identifier);
    const person = known.get(contactId);
    return to && isAddressChange(person, to) ? [{ contactId, person, to }] : [];
  });
  const whereabouts = await readWhereabouts(tx, reading.lead.id, at);
  return { spoken, owner: await ownerOf(tx, reading), addresses, whereabouts };
}

function isBehind({ lead }: LeadReading, { heardAt }: Whereabouts, item: WorkItem): boolean {
  return heardAt !== null && lead.updated_at !== null && lead.updated_at < heardAt && ageOf(item) < SHOWS_WITHIN_MS;
}

function ageOf({ firstEventAt }: WorkItem): number {
  return Date.now() - firstEventAt.getTime();
}

/** Ever more seldom, because each look costs a call. */
function lookAgain(item: WorkItem, why: string): Again {
  return { afterMs: Math.min(SELDOM_MS, Math.max(LOOK_AGAIN_MS, ageOf(item) / 2)), counts: "nothing", why };
}

/** Costs no call, and a campaign waits. */
function whenJudged(item: WorkItem): Again {
  const afterMs = ageOf(item) < SOON_MS ? LOOK_AGAIN_MS : SELDOM_MS;
  return { afterMs, counts: "nothing", why: "A gate looks whether the deal may stand there." };
}
