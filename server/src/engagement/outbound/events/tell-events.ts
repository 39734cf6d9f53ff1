import type { OurEvent } from "@dealscope/shared/engagement";
import { SPAM } from "@dealscope/shared/qualification";
import type { StageRef } from "@dealscope/shared/stage-ref";
import type { Lead } from "../../../kommo/resources.ts";
import type { Terms } from "../deals/beginning.ts";
import { type Deal, dealAttributes, namedDeal } from "../deals/deal-attributes.ts";
import type { Standing, ToldDeal } from "../deals/deal-rows.ts";
import { identifiersOf, keyOf, type Person } from "../people/person-rows.ts";
import { event } from "../sending/operations.ts";
import type { NewOperation } from "../sending/write-rows.ts";
import { type Change, changesOf, type Move, type Untold, wanted } from "./changes.ts";
import { eventId } from "./event-id.ts";

/** What was heard of a deal. */
export interface News {
  /** When it was heard that the deal was made. */
  addedAt: Date | null;
  moves: readonly Move[];
  /** The newest that was heard of, whether or not it counts. */
  newest: number;
}

/** What of all this nobody has been told. */
export function untoldOf(lead: Lead, told: ToldDeal, news: News, standing: Standing, toldFrom: Date): Untold {
  const since = Math.floor(toldFrom.getTime() / 1000) * 1000;
  const moves: Move[] = [];
  let stage = told.stage;
  for (const move of news.moves) {
    // The same move may be heard of twice.
    if (!isSame(stage, move.to)) moves.push(move);
    stage = move.to;
  }
  const at = lead.created_at;
  const isNew = at !== null && at.getTime() >= since && creationOf(told, news) === "heard";
  const born = { pipelineId: lead.pipeline_id, statusId: lead.status_id };
  const { segment, score, judgement } = standing;
  const isJudged = segment !== null && (segment !== told.segment || score !== told.score);
  return {
    created: isNew ? { at, heardAt: creationHeardAt(told, news), in: moves[0]?.from ?? born } : null,
    moves,
    judgement: isJudged && judgement && judgement.at.getTime() >= since ? judgement : null,
  };
}

/** How far the deal is told when nobody was there to be told. */
export function afterSilence(told: ToldDeal, news: News, now: Date): ToldDeal {
  return { ...told, creation: creationOf(told, news), creationHeardAt: creationHeardAt(told, news), unheardAt: now };
}

function creationOf({ creation }: ToldDeal, { addedAt }: News): ToldDeal["creation"] {
  return creation ?? (addedAt ? "heard" : null);
}

function creationHeardAt(told: ToldDeal, { addedAt }: News): Date | null {
  return told.creation === null ? addedAt : told.creationHeardAt;
}

export function afterTelling(told: ToldDeal, news: News, { moves }: Untold, { segment, score }: Standing): ToldDeal {
  return {
    ...told,
    creation: creationOf(told, news) && "told",
    ...{ creationHeardAt: null, unheardAt: null },
    move: Math.max(told.move, news.newest),
    stage: moves.at(-1)?.to ?? told.stage,
    ...{ segment, score },
  };
}

/** One event a change and person; nobody is told who does not want our mail, or whom it does not reach, or of spam. */
export function eventsFor(
  untold: Untold,
  people: readonly { person: Person; role: string | null }[],
  deal: Deal,
  { accountId, terms, now, unheardAt }: { accountId: number; terms: Terms; now: Date; unheardAt: Date | null },
): NewOperation[] {
  const { settings } = terms;
  const leadId = deal.lead.id;
  if (deal.segment === SPAM) return [];
  const changes: Change[] = wanted(changesOf(untold, deal.pipelines), settings, { now, unheardAt });
  return changes.flatMap((change) =>
    people
      .filter(({ person }) => !person.isSilenced)
      .map(({ person, role }): NewOperation => {
        const { attributes } = dealAttributes(deal, settings.fields, role);
        const id = idOf(accountId, leadId, change, person);
        const operation = event(
          identifiersOf(person),
          id,
          change,
          namedDeal(leadId, { ...attributes, ...change.data }),
        );
        return { kind: "event", personId: person.id, leadId, operation, eventId: id };
      }),
  );
}

function idOf(accountId: number, leadId: number, { at, key, name }: Change, person: Person): string {
  return eventId(at, [accountId, leadId, key, name satisfies OurEvent, keyOf(person)]);
}

function isSame(one: StageRef | null, other: StageRef): boolean {
  return one?.pipelineId === other.pipelineId && one.statusId === other.statusId;
}
