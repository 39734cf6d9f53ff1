import { OUR_EVENTS } from "@dealscope/shared/engagement";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { AppClient, SourceKind } from "../../customerio/app-client.ts";
import { CustomerIoKeyRefused, CustomerIoRejected } from "../../customerio/errors.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { Connections } from "../connection/connections.ts";
import { MAIL_SOURCES } from "../kinds.ts";

/** Ten calls a second are the workspace's, not ours. */
const TOGETHER = 5;
const PAUSE_MS = 1_000;
/** A campaign may get another name, and an App key may be pasted later. */
const DAYS_APART = 1;
/** Whoever saves another key does not have to wait. */
const REFUSED_MS = 3_600_000;

interface Source {
  kind: SourceKind;
  source_id: string;
}

/** What sends the mails, by its name: events carry numbers only, and the names are asked for by the App API. */
@Injectable()
export class Sources implements WorkKind, OnModuleInit {
  readonly kind = MAIL_SOURCES;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly connections: Connections,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  /** Remembers what has sent these mails, and whether it was started by an event of ours. */
  async learn(tx: Tx, accountId: number, eventIds: readonly string[]) {
    await tx.query(
      `INSERT INTO customerio_source AS s (account_id, kind, source_id, is_ours)
       SELECT $1, source_kind, source_id,
              bool_or(EXISTS (SELECT FROM customerio_write w WHERE w.event_id = trigger_event_id))
         FROM engagement_event WHERE event_id = ANY($2) AND source_id IS NOT NULL
        GROUP BY 2, 3 ORDER BY 2, 3
       ON CONFLICT (account_id, kind, source_id) DO UPDATE SET is_ours = true WHERE excluded.is_ours AND NOT s.is_ours`,
      [accountId, eventIds],
    );
    const [{ wanted }] = await tx.query(
      `SELECT EXISTS (SELECT FROM engagement_event e
                        JOIN customerio_source s ON s.kind = e.source_kind AND s.source_id = e.source_id
                       WHERE e.event_id = ANY($1) AND ${TO_ASK})
          AND EXISTS (SELECT FROM customerio_connection WHERE app_key_sealed IS NOT NULL) AS wanted`,
      [eventIds],
    );
    if (wanted) {
      await this.work.ensure(tx, accountId, { kind: this.kind, subject: accountId, priority: "engagement" });
    }
  }

  async run({ accountId }: WorkItem): Promise<Decision> {
    const app = await this.connections.appOf(accountId);
    if (!app) return {};
    const others = await this.tenancy.run(accountId, readUnnamed);
    const found = await ask(app, others);
    // The check of the connection says what is wrong with the key; until another is saved mails go by their subjects.
    if (!found) {
      const why = "Customer.io does not take the App API key.";
      return { again: { afterMs: REFUSED_MS, counts: "wait", on: "customerio_key", why } };
    }
    const isMore = others.length === TOGETHER;
    return {
      keep: (tx) => keepNames(tx, accountId, found),
      ...(isMore ? { again: { afterMs: PAUSE_MS, counts: "nothing", why: "There are more mails to be named." } } : {}),
    };
  }
}

interface Named extends Source {
  name: string | null;
  isOurs: boolean;
}

const TO_ASK = `(s.asked_at IS NULL OR s.asked_at < app_now() - interval '${DAYS_APART} day')`;

/** Campaigns are listed in one call; whatever else sends mails is asked for one by one. */
function readUnnamed(tx: Tx): Promise<Source[]> {
  return tx.query(
    `SELECT kind, source_id FROM customerio_source s WHERE ${TO_ASK} AND kind <> 'campaign' ORDER BY 1, 2 LIMIT ${TOGETHER}`,
  );
}

/** @returns undefined when the key is refused */
async function ask(app: AppClient, others: readonly Source[]): Promise<Named[] | undefined> {
  try {
    const campaigns = await app.campaigns();
    const listed = campaigns.map(({ id, name, event_name }): Named => {
      const isOurs = OUR_EVENTS.some((event) => event === event_name);
      return { kind: "campaign", source_id: String(id), name: name || null, isOurs };
    });
    const asked = others.map(async (source) => ({ ...source, name: await nameOf(app, source), isOurs: false }));
    return [...listed, ...(await Promise.all(asked))];
  } catch (error) {
    if (error instanceof CustomerIoKeyRefused) return undefined;
    throw error;
  }
}

/** What Customer.io does not understand has no name. */
async function nameOf(app: AppClient, { kind, source_id }: Source): Promise<string | null> {
  try {
    return (await app.nameOf(kind, source_id)) ?? null;
  } catch (error) {
    if (error instanceof CustomerIoRejected) return null;
    throw error;
  }
}

/** Also of campaigns that have sent nothing yet: they wait for one of our events. */
async function keepNames(tx: Tx, accountId: number, named: readonly Named[]) {
  await tx.query(
    `INSERT INTO customerio_source AS s (account_id, kind, source_id, name, is_ours, asked_at)
     SELECT $1, n.kind, n.source_id, n.name, n."isOurs", app_now()
       FROM jsonb_to_recordset($2) AS n (kind text, source_id text, name text, "isOurs" bool) ORDER BY 2, 3
     ON CONFLICT (account_id, kind, source_id) DO UPDATE SET
       name = coalesce(excluded.name, s.name), is_ours = s.is_ours OR excluded.is_ours, asked_at = excluded.asked_at`,
    [accountId, JSON.stringify(named)],
  );
  // Campaigns that are not listed any more are not asked for again and again.
  await tx.query("UPDATE customerio_source SET asked_at = app_now() WHERE kind = 'campaign'");
}
