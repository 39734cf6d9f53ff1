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
    const sources = await this.tenancy.run(accountId, readUnnamed);
    if (sources.length === 0) return {};
    const named = await name(app, sources);
    // The check of the connection says what is wrong with the key; until then mails go by their subjects.
    if (!named) return {};
    return {
      keep: (tx) => keepNames(tx, accountId, named),
      again: { afterMs: PAUSE_MS, counts: "nothing", why: "There may be more campaigns without a name." },
    };
  }
}

const TO_ASK = `(s.asked_at IS NULL OR s.asked_at < app_now() - interval '${DAYS_APART} day')`;

function readUnnamed(tx: Tx): Promise<Source[]> {
  return tx.query(`SELECT kind, source_id FROM customerio_source s WHERE ${TO_ASK} ORDER BY 1, 2 LIMIT ${TOGETHER}`);
}

/** @returns undefined when the key is refused */
async function name(app: AppClient, sources: readonly Source[]) {
  try {
    return await Promise.all(sources.map(async (source) => ({ ...source, name: await nameOf(app, source) })));
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

async function keepNames(tx: Tx, accountId: number, named: readonly (Source & { name: string | null })[]) {
  await tx.query(
    `UPDATE customerio_source s SET name = coalesce(n.name, s.name), asked_at = app_now()
       FROM jsonb_to_recordset($2) AS n (kind text, source_id text, name text)
      WHERE s.account_id = $1 AND s.kind = n.kind AND s.source_id = n.source_id`,
    [accountId, JSON.stringify(named)],
  );
}
