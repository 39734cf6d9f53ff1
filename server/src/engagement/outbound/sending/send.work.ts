import { Injectable, Logger, type OnModuleInit } from "@nestjs/common";
import { CustomerIoKeyRefused, CustomerIoRejected, CustomerIoUnavailable } from "../../../customerio/errors.ts";
import type { TrackClient } from "../../../customerio/track-client.ts";
import { Tenancy, type Tx } from "../../../database/tenancy.ts";
import { customerIoBatchSeconds, customerIoWrites } from "../../../meters.ts";
import { backoffMs } from "../../../work/failure.ts";
import { Work } from "../../../work/work.ts";
import { type Again, type Decision, type WorkItem, type WorkKind, waitsFor } from "../../../work/work-kind.ts";
import { type ConnectionRow, holdKeys, readConnection } from "../../connection/connection-rows.ts";
import { Connections } from "../../connection/connections.ts";
import { CUSTOMERIO_SEND } from "../../kinds.ts";
import { isTelling } from "../deals/beginning.ts";
import { ITEM_BYTES, pack } from "./pack.ts";
import { stopTelling } from "./stop-telling.ts";
import { type DueOperation, dueOperations, keepOutcome, noteSending, type Outcome } from "./write-rows.ts";

/** More than this no batch takes. */
const LOOKED_AT = 1_001;
/** Nobody but a person can do something about keys; saving them ends the wait. */
const REFUSED_KEY_MS = 3_600_000;

const KEY_REFUSED =
  "Customer.io does not take the keys any more. What is to be told goes on when they are saved again.";
const OTHER_KEYS: Again = { afterMs: 0, counts: "nothing", why: "Other keys were saved meanwhile." };
const TOO_LARGE = `This is larger than the ${ITEM_BYTES} bytes that Customer.io takes at once. Map fewer or shorter fields.`;

/**
 * Sends what is due of an account, one batch at a time and in order, so that nothing of a person is overtaken. When it is not known
 * whether a batch has arrived it is sent again: what identifies people converges, and events have ids of their own.
 */
@Injectable()
export class SendWork implements WorkKind, OnModuleInit {
  readonly kind = CUSTOMERIO_SEND;
  private readonly log = new Logger("engagement");

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly connections: Connections,
  ) {
    work.expect(CUSTOMERIO_SEND);
  }

  onModuleInit() {
    this.work.register(this);
  }

  async run(item: WorkItem): Promise<Decision> {
    const beginning = await this.tenancy.run(item.accountId, begin);
    if (!beginning) return { keep: stopTelling };
    const { connection, due } = beginning;
    if (due.length === 0) return {};
    const { batch, tooLarge } = pack(due);
    const outcome: Outcome = { sent: [], stuck: tooLarge.map(({ id }) => ({ id, reason: TOO_LARGE })) };
    const failure = await send(this.connections.trackClient(connection), batch, outcome);
    if (failure) this.log.warn(`Account ${item.accountId}: nothing is sent to Customer.io for now: ${failure.message}`);
    const decision: Decision = {
      again: failure ? patience(item, failure) : onward(due.length - batch.length - tooLarge.length),
    };
    decision.keep = async (tx) => {
      const areTheSame = await holdKeys(tx, connection);
      await keepOutcome(tx, outcome);
      this.tenancy.afterCommit(tx, () => this.say(item.accountId, due, outcome));
      // What was said of keys that are not used any more says nothing of those that are.
      if (areTheSame) await noteSending(tx, problemOf(failure), outcome.sent.length > 0);
      else decision.again = OTHER_KEYS;
    };
    return decision;
  }

  private say(account: number, due: readonly DueOperation[], { sent, stuck }: Outcome) {
    const states = new Map([
      ...sent.map((id) => [id, "sent"] as const),
      ...stuck.map(({ id }) => [id, "stuck"] as const),
    ]);
    for (const { id, leadId, traceId } of due) {
      const state = states.get(id);
      if (state === undefined) continue;
      customerIoWrites.inc({ state });
      const text = `What Customer.io is told by write ${id} of lead ${leadId} is ${state}.`;
      this.log.log({ text, account, lead: leadId, trace: traceId });
    }
  }
}

/** The keys and what is sent by them, as they were at one moment; undefined when nothing is told. */
async function begin(tx: Tx): Promise<{ connection: ConnectionRow; due: DueOperation[] } | undefined> {
  const connection = await readConnection(tx);
  return connection && (await isTelling(tx)) ? { connection, due: await dueOperations(tx, LOOKED_AT) } : undefined;
}

type Failure = CustomerIoKeyRefused | CustomerIoUnavailable;

/** A batch that was not understood is halved, until what spoils it is found. @returns why the rest could not be sent */
async function send(
  track: TrackClient,
  batch: readonly DueOperation[],
  outcome: Outcome,
): Promise<Failure | undefined> {
  if (batch.length === 0) return undefined;
  const ended = customerIoBatchSeconds.startTimer();
  try {
    const answer = await track.batch(batch.map(({ operation }) => operation));
    ended({ answer: "ok" });
    const refused = new Map(answer.map((one) => [one.index, one]));
    for (const [index, { id }] of batch.entries()) {
      const refusal = refused.get(index);
      if (refusal) outcome.stuck.push({ id, reason: refusal.reason });
      else outcome.sent.push(id);
    }
    return undefined;
  } catch (error) {
    ended({ answer: inAWord(error) });
    if (error instanceof CustomerIoKeyRefused || error instanceof CustomerIoUnavailable) return error;
    if (!(error instanceof CustomerIoRejected)) throw error;
    if (batch.length === 1) return void outcome.stuck.push({ id: batch[0]!.id, reason: error.message });
    const half = Math.ceil(batch.length / 2);
    return (await send(track, batch.slice(0, half), outcome)) ?? send(track, batch.slice(half), outcome);
  }
}

function patience(item: WorkItem, failure: Failure): Again {
  if (failure instanceof CustomerIoKeyRefused)
    return { afterMs: REFUSED_KEY_MS, counts: "wait", on: "customerio_key", why: KEY_REFUSED };
  const afterMs = backoffMs(waitsFor(item, "customerio"), failure.retryAfterMs);
  return { afterMs, counts: "wait", on: "customerio", why: failure.message };
}

function onward(left: number): Again | undefined {
  return left > 0 ? { afterMs: 0, counts: "nothing", why: "There is more to send." } : undefined;
}

function inAWord(error: unknown) {
  if (error instanceof CustomerIoKeyRefused) return "key_refused";
  return error instanceof CustomerIoRejected ? "rejected" : "unavailable";
}

function problemOf(failure: Failure | undefined) {
  if (!failure) return null;
  return failure instanceof CustomerIoKeyRefused ? ("refused" as const) : ("unavailable" as const);
}
