import type { StageRef } from "@dealscope/shared/stage-ref";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import { Remembered } from "../../database/remembered.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Clients } from "../../installation/clients.ts";
import { KnownLists } from "../../installation/known-lists.ts";
import type { Lead } from "../../kommo/resources.ts";
import { LeadReader } from "../../leads/reader.ts";
import { refuseMove } from "../../leads/stage-history.ts";
import { holdsBegun } from "../../meters.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { GATE, type GateDetail } from "../gate-kind.ts";
import { type Course, course, isSame, isSameMove, type OurMove } from "./course.ts";
import { GateClock } from "./gate-clock.work.ts";
import { firstActive, keepHold, openHold, readMembers } from "./gate-rows.ts";
import { type AccountRules, inForce, readRules, stageExists } from "./gate-rules.ts";
import { HoldEnds } from "./hold-ends.ts";
import { HoldWrites } from "./hold-writes.ts";
import { readHops, seenBy, walk } from "./hops.ts";
import { filledFields, openPlace, rulesFor } from "./judging.ts";
import { namesOf } from "./names.ts";
import { hasMovedSince, pauseBefore, readLastMove, refusalOf, settlesIn, type TriedMove } from "./our-moves.ts";
import { keepPlace, type Place, readPlace } from "./place-rows.ts";
import { type LoggedMove, noteMoves, UntoldMoves } from "./untold-moves.ts";

/** What Kommo tells of may take so long to show up in its reads. */
const SHOWS_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 500;
/** Held deals of an account share a look at its pipelines. */
const ONE_LOOK_FOR_ALL_MS = 60_000;
const FIRST_TASK_HOURS = 24;

/** Looks where a deal stands, and whether it may. */
@Injectable()
export class GateWork implements WorkKind, OnModuleInit {
  readonly kind = GATE;
  private readonly lookedAround = new Remembered<number, void>(ONE_LOOK_FOR_ALL_MS);

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly lists: KnownLists,
    private readonly reader: LeadReader,
    private readonly clock: GateClock,
    private readonly writes: HoldWrites,
    private readonly ends: HoldEnds,
    private readonly untoldMoves: UntoldMoves,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run(item: WorkItem): Promise<Decision> {
    const { accountId, subject: leadId } = item;
    const { rules, place, known, told, at } = await this.tenancy.run(accountId, (tx) => readStanding(tx, leadId));
    if (known.length === 0 && !rules.gates.pipelines.some(({ isOn }) => isOn)) return {};
    const lead = await this.reader.readAlone(accountId, leadId, "gate", item.firstEventAt);
    if (!lead) return { keep: (tx) => this.gone(tx, accountId, leadId) };
    if (lead === "not yet" || isBehind(lead, item)) {
      return { again: { afterMs: LOOK_AGAIN_MS, counts: "nothing", why: "Kommo does not show it yet." } };
    }
    // One we have not heard of may be new, and one that we know may have been deleted: there all are looked at again.
    const isUnknown = [stageOf(lead), ...known].some((stage) => !stageExists(rules, stage));
    if (isUnknown) await this.readPipelines(accountId);
    else if ((item.detail as GateDetail).looksAround) {
      await this.lookedAround.get(accountId, () => this.readPipelines(accountId));
    }
    const untold = await this.untoldMoves.of(accountId, lead, place, told);
    return { keep: (tx) => this.keep(tx, accountId, lead, untold, at) };
  }

  private async readPipelines(accountId: number) {
    const kommo = await this.clients.of(accountId, "gate");
    await this.lists.keep(accountId, { pipelines: await kommo.pipelines() });
  }

  private async keep(tx: Tx, accountId: number, lead: Lead, untold: readonly LoggedMove[], readAfter: Date) {
    // Rules that are being saved at this moment are waited for, or this deal would go by the old ones.
    await tx.query("SELECT FROM account FOR SHARE");
    await lockLeads(tx, accountId, [lead.id]);
    // What was read may be from before it.
    if (await hasMovedSince(tx, lead.id, readAfter)) return this.lookAgain(tx, accountId, lead.id, 0);
    const rules = await readRules(tx);
    const hold = await openHold(tx, lead.id);
    // Nobody is held while nothing may be written into Kommo. Who was held already is so again when that is over.
    if (rules.isDryRun) return;
    await noteMoves(tx, accountId, untold);
    const now = stageOf(lead);
    const place = (await readPlace(tx, lead.id)) ?? unknownPlace(now);
    const hops = await readHops(tx, lead.id, place.seen);
    const members = await readMembers(tx, lead.id);
    const deal = { members, filled: filledFields(lead.custom_fields_values), open: place.open };
    const judge = rulesFor(rules, deal);
    const isMoved = place.moving !== null && isSame(place.moving, now);
    const stood = isMoved ? place.place : walk(place.place, now, hops, judge);
    const before = {
      ...place,
      place: stood,
      wanted: hold?.wanted ?? null,
      isOverruled: (hold?.overruledBy ?? null) !== null,
    };
    const last = await readLastMove(tx, lead.id);
    const next = course(before, now, last, judge);
    const isAssumed = place.isAssumed && isSame(now, place.place);
    const seen = seenBy(now, hops) ?? place.seen;
    await this.keepPlace(tx, accountId, lead.id, rules, next, { ...place, isAssumed, seen });
    const settlesInMs = settlesIn(last);
    if (settlesInMs > 0) await this.lookAgain(tx, accountId, lead.id, settlesInMs);
    if (next.move) await this.move(tx, accountId, lead.id, next.move, last);
    if (next.move && isSame(next.move.to, next.place)) {
      // Where we have just sent it, Kommo has not shown it yet.
      const seenAt = isSame(next.move.from, now) ? lead.updated_at : null;
      await refuseMove(tx, accountId, lead.id, next.move, seenAt);
    }
    if (next.wanted !== null) await this.hold(tx, accountId, lead, rules, next, members, last);
    else if (hold && next.ended) await this.ends.end(tx, { accountId, leadId: lead.id, hold }, next.ended, rules);
  }

  /** What Kommo has refused is asked for again after a pause, by when somebody may have changed its mind. */
  private async move(tx: Tx, accountId: number, leadId: number, move: OurMove, last: TriedMove | null) {
    const pauseMs = pauseBefore(move, last);
    if (pauseMs > 0) await this.lookAgain(tx, accountId, leadId, pauseMs);
    else await this.writes.move(tx, accountId, leadId, move);
  }

  private async lookAgain(tx: Tx, accountId: number, leadId: number, settleMs: number) {
    const timing = { settleMs, atMostMs: settleMs, hastens: false };
    await this.work.schedule(tx, accountId, [{ kind: GATE, subject: leadId, priority: "gate" }], timing);
  }

  private async hold(
    tx: Tx,
    accountId: number,
    lead: Lead,
    rules: AccountRules,
    { place, wanted, isOverruled, missing, move }: Course,
    members: Awaited<ReturnType<typeof readMembers>>,
    last: TriedMove | null,
  ) {
    if (wanted === null) return;
    const judged = { from: place, wanted, isOverruled, missing, refusal: refusalOf(move, last) };
    const { hold, isNew, isChanged } = await keepHold(tx, accountId, lead.id, judged);
    if (isNew) this.tenancy.afterCommit(tx, () => holdsBegun.inc());
    const told = { accountId, leadId: lead.id, hold, names: namesOf(rules, wanted.pipelineId, members) };
    const responsible = await firstActive(tx, [lead.responsible_user_id]);
    await this.writes.keepTask(tx, told, responsible, rules.gates.clock.remindAfterHours ?? FIRST_TASK_HOURS);
    if (isChanged) await this.writes.retell(tx, told);
    const wentBack = last?.hasMoved && isSameMove(last, { from: wanted, to: place });
    if (wentBack && missing.length > 0 && !hold.isNoted) await this.writes.note(tx, told, place);
    await this.clock.wind(tx, accountId, lead.id, hold, rules.gates.clock);
  }

  /** Where no rules are in force and nobody is held, a deal goes as it likes, and we do not follow it. */
  private async keepPlace(tx: Tx, accountId: number, leadId: number, rules: AccountRules, next: Course, before: Place) {
    const isFollowed = next.moving !== null || next.wanted !== null || inForce(rules, next.place.pipelineId);
    if (!isFollowed) return void (await tx.query("DELETE FROM gate_place WHERE lead_id = $1", [leadId]));
    const { place, moving } = next;
    await keepPlace(tx, accountId, leadId, { ...before, place, moving, open: openPlace(place, before.open) });
  }

  private async gone(tx: Tx, accountId: number, leadId: number) {
    await lockLeads(tx, accountId, [leadId]);
    await tx.query("DELETE FROM gate_place WHERE lead_id = $1", [leadId]);
    const hold = await openHold(tx, leadId);
    if (hold) await this.ends.end(tx, { accountId, leadId, hold }, "gone", await readRules(tx));
  }
}

function stageOf({ pipeline_id, status_id }: Lead): StageRef {
  return { pipelineId: pipeline_id, statusId: status_id };
}

function isBehind({ updated_at }: Lead, { detail, firstEventAt }: WorkItem): boolean {
  const { heardAt } = detail as GateDetail;
  const mayStillShow = Date.now() - firstEventAt.getTime() < SHOWS_WITHIN_MS;
  return heardAt !== undefined && updated_at !== null && updated_at < new Date(heardAt) && mayStillShow;
}

/** The rules, the time, and the stages in which the deal is or is wanted as far as we know. */
async function readStanding(tx: Tx, leadId: number) {
  const [rules, place, hold] = [await readRules(tx), await readPlace(tx, leadId), await openHold(tx, leadId)];
  const [{ at }] = await tx.query("SELECT app_now() AS at");
  const known = [place?.place, hold?.wanted].filter((stage) => stage !== undefined);
  const told = place ? await readHops(tx, leadId, place.seen) : [];
  return { rules, place, known, told, at: at as Date };
}

/** Nothing was told of how it came to be there. */
function unknownPlace(now: StageRef): Place {
  return { place: now, moving: null, open: null, isAssumed: true, since: new Date(), seen: 0 };
}
