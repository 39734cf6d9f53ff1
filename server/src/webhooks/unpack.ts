import { setTimeout as sleep } from "node:timers/promises";
import { Injectable, Logger, type OnModuleInit } from "@nestjs/common";
import { isPassingFailure } from "../database/passing-failure.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { deliveriesUnpacked } from "../meters.ts";
import type { Stage, Turn } from "../queue/turn.ts";
import { Turns } from "../queue/turns.ts";
import { tracedApart } from "../tracing.ts";
import { beginnings, begunBy, inWords } from "./beginnings.ts";
import { dedupeKey } from "./dedupe-key.ts";
import { digitalPipelineEvents } from "./digital-pipeline.ts";
import type { KommoEvent } from "./events.ts";
import { accountOf, readKommoEvents } from "./kommo-events.ts";
import { parseKommoForm } from "./kommo-form.ts";
import { Listeners } from "./listeners.ts";
import { readMailTold } from "./mail-told.ts";
import { Mailbox } from "./mailbox.ts";
import { type Delivery, nextDeliveries } from "./next-deliveries.ts";

const TOGETHER = 200;
/** In a storm of webhooks the door comes first: what it has stored can wait a little between batches. */
const STORM_PAUSE_MS = 200;
const ATTEMPTS = 3;
const HEARD_GRAIN_MS = 2_000;

type Verdict = {
  state: "done" | "duplicate" | "quarantined" | "dead";
  key: Buffer | null;
  why: string | null;
  /** What the body says. */
  heard: readonly KommoEvent[];
};

/** First stage of a turn: deliveries become typed events, and features hear them. */
@Injectable()
export class Unpack implements Stage, OnModuleInit {
  readonly name = "unpack";
  readonly paceMs = 20;
  private readonly heardAt = new Map<number, number>();
  private readonly log = new Logger("unpack");

  constructor(
    private readonly tenancy: Tenancy,
    private readonly listeners: Listeners,
    private readonly turns: Turns,
    private readonly mailbox: Mailbox,
  ) {}

  onModuleInit() {
    this.turns.register(this);
  }

  /** @throws when the database is away or in its own way: that is no delivery's fault, and the sweep comes back */
  async step({ accountId }: Turn): Promise<boolean> {
    if (this.mailbox.isStorm) await sleep(STORM_PAUSE_MS);
    try {
      const deliveries = await this.tenancy.run(accountId, async (tx) => {
        const taken = await nextDeliveries(tx, TOGETHER);
        await this.unpack(tx, accountId, taken);
        return taken;
      });
      return deliveries.length > 0;
    } catch (error) {
      if (isPassingFailure(error)) throw error;
      // One of them is at fault: take the oldest alone, so that the others go on and the culprit is known.
      this.log.warn(`Account ${accountId}: unpacking one by one after: ${(error as Error).message}`);
      return this.unpackOldest(accountId);
    }
  }

  /**
   * Not in the transaction of the deliveries: that holds work and leads, and who changes an account holds its row before
   * those. Coarse, because it is for people to look at.
   */
  private async noteHeard(accountId: number) {
    if (Date.now() - (this.heardAt.get(accountId) ?? 0) < HEARD_GRAIN_MS) return;
    this.heardAt.set(accountId, Date.now());
    await this.tenancy
      .run(accountId, (tx) =>
        tx.query("UPDATE account SET last_heard_at = app_now() WHERE account_id = $1", [accountId]),
      )
      .catch((error: Error) => this.log.warn(`It could not be noted that an account was heard: ${error.message}`));
  }

  private async unpackOldest(accountId: number): Promise<boolean> {
    let oldest: Delivery | undefined;
    try {
      await this.tenancy.run(accountId, async (tx) => {
        [oldest] = await nextDeliveries(tx, 1);
        if (oldest) await this.unpack(tx, accountId, [oldest]);
      });
    } catch (error) {
      if (isPassingFailure(error) || !oldest) throw error;
      await this.blame(accountId, oldest.id, (error as Error).message);
    }
    return oldest !== undefined;
  }

  private async blame(accountId: number, deliveryId: number, why: string) {
    await this.tenancy.run(accountId, (tx) =>
      tx.query(
        `UPDATE delivery SET attempts = attempts + 1, last_error = $2,
                state = CASE WHEN attempts + 1 >= $3 THEN 'dead' ELSE state END
          WHERE id = $1 AND state = 'new'`,
        [deliveryId, why.slice(0, 500), ATTEMPTS],
      ),
    );
  }

  private async unpack(tx: Tx, accountId: number, deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    const keys = deliveries.map((d) => dedupeKey(d.source, d.body));
    const heard = await this.heardBefore(tx, keys);
    const verdicts = deliveries.map((delivery, i): Verdict => {
      const key = keys[i] ?? null;
      const name = key?.toString("base64");
      if (name && heard.has(name)) return { state: "duplicate", key, why: null, heard: [] };
      if (name) heard.add(name);
      return this.read(delivery, accountId, key);
    });
    const begun = deliveries.map((delivery, i) => begunBy(delivery, verdicts[i]?.heard ?? []));
    const of = beginnings(begun);
    const events = verdicts.flatMap(({ heard }) => heard);
    if (events.length > 0) await tracedApart(of, () => this.listeners.tell(tx, accountId, events));
    await this.mark(tx, accountId, deliveries, verdicts);
    this.tenancy.afterCommit(tx, () => {
      for (const [i, one] of begun.entries()) {
        const state = verdicts[i]?.state ?? "done";
        deliveriesUnpacked.inc({ state });
        const text = inWords(one, state, of);
        this.log.log({ text, account: accountId, delivery: one.delivery.id, trace: one.trace });
      }
    });
  }

  private read(delivery: Delivery, accountId: number, key: Buffer | null): Verdict {
    try {
      const { about, heard, flaw = null } = readDelivery(delivery, accountId);
      if (about !== accountId) {
        const why = about ? `The body speaks of account ${about}.` : "The body names no account.";
        return { state: "quarantined", key, why, heard: [] };
      }
      return { state: "done", key, why: flaw, heard };
    } catch (error) {
      return {
        state: "dead",
        key,
        why: `Not readable as ${delivery.source === "customerio" ? "JSON" : "a form"}: ${(error as Error).message}`,
        heard: [],
      };
    }
  }

  /** Kommo repeats a delivery for at most an hour and a half. */
  private async heardBefore(tx: Tx, keys: (Buffer | null)[]): Promise<Set<string>> {
    const wanted = keys.filter((key) => key !== null);
    if (wanted.length === 0) return new Set();
    const rows: { dedupe_key: Buffer }[] = await tx.query(
      `SELECT dedupe_key FROM delivery
        WHERE dedupe_key = ANY($1) AND received_at > app_now() - interval '3 hours' AND state = 'done'`,
      [wanted],
    );
    return new Set(rows.map((row) => row.dedupe_key.toString("base64")));
  }

  private async mark(tx: Tx, accountId: number, deliveries: readonly Delivery[], verdicts: readonly Verdict[]) {
    await tx.query(
      `UPDATE delivery d SET state = v.state, dedupe_key = v.key, last_error = v.why, unpacked_at = app_now()
         FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::text[]) AS v (id, state, key, why)
        WHERE d.id = v.id`,
      [
        deliveries.map((d) => d.id),
        verdicts.map((v) => v.state),
        verdicts.map((v) => v.key),
        verdicts.map((v) => v.why),
      ],
    );
    // Only Kommo's word shows that its hook is still there.
    const isKommo = deliveries.some(({ source }) => source !== "customerio");
    if (isKommo) this.tenancy.afterCommit(tx, () => void this.noteHeard(accountId));
    const foreign = deliveries.filter((_, i) => verdicts[i]?.state === "quarantined").map((d) => d.id);
    if (foreign.length > 0) {
      await tx.query(
        `INSERT INTO audit (account_id, actor, action, subject, detail)
         SELECT $1, 'webhook', 'delivery quarantined', 'delivery ' || id, '{}' FROM unnest($2::bigint[]) AS id`,
        [accountId, foreign],
      );
    }
  }
}

interface Read {
  /** The account that the body says it is about. */
  about: number | undefined;
  heard: KommoEvent[];
  /** Why there is nothing, or not all, to be heard in a body that may be as it is. */
  flaw?: string | null;
}

function readDelivery({ source, body }: Delivery, accountId: number): Read {
  if (source === "kommo-dp") {
    const { accountId: about, events: heard } = digitalPipelineEvents(body);
    return { about, heard };
  }
  if (source === "customerio") {
    // It names no account; what it is about was proved by its signature.
    const { told, flaw } = readMailTold(body);
    return { about: accountId, heard: told ? [{ type: "mail.told", ...told }] : [], flaw };
  }
  const form = parseKommoForm(body);
  return { about: accountOf(form), heard: readKommoEvents(form) };
}
