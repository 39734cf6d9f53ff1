import { setTimeout as sleep } from "node:timers/promises";
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from "@nestjs/common";
import { DataSource } from "typeorm";
import { CONFIG, type Config } from "../config.ts";
import { KommoForbidden, KommoUnavailable } from "../kommo/errors.ts";
import { exchangeCode, GrantRefused, IntegrationRefused, type TokenPair } from "../kommo/oauth.ts";
import { Installations, NotAnAdministrator } from "./installations.ts";
import { KommoSettings } from "./kommo-settings.ts";
import { Sealing } from "./sealing.ts";

const LOOK_MS = 2_000;
/** A code lives 20 minutes. */
const GIVE_UP_AFTER = 12;
/** Who pressed Install and looks at once waits so long for it to be done. */
const FINISHES_WITHIN_MS = 5_000;
const FINISH_LOOK_MS = 100;

export interface Callback {
  code: string;
  host: string;
  fromWidget: boolean;
  /** Who asked, when the callback carried a state. */
  askedBy?: { accountId: number } | undefined;
}

interface CallbackRow {
  id: number;
  code_sealed: string;
  pair_sealed: string | null;
  host: string;
  account_id_found: number | null;
  attempts: number;
}

/**
 * Callbacks of Kommo's OAuth. The one from the widget's install button comes once, waits three seconds and is never
 * sent again: it is stored first, and the code is exchanged afterwards, as often as it takes.
 */
@Injectable()
export class Callbacks implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger("installation");
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealing: Sealing,
    private readonly settings: KommoSettings,
    private readonly installations: Installations,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap() {
    if (this.config.ROLE === "web") return;
    this.timer = setInterval(() => void this.retry().catch((e: Error) => this.log.warn(e.message)), LOOK_MS);
  }

  onModuleDestroy() {
    clearInterval(this.timer);
  }

  /** Resolves to the callback's number once it is durable. */
  async keep(callback: Callback): Promise<number> {
    const [row] = await this.dataSource.query(
      `INSERT INTO install_callback (code_sealed, host, from_widget, account_id_found, due_at)
       VALUES ($1, $2, $3, $4, app_now() + interval '30 seconds') RETURNING id`,
      [this.sealing.seal(callback.code), callback.host, callback.fromWidget, callback.askedBy?.accountId ?? null],
    );
    return row.id;
  }

  /**
   * Exchanges the code and admits the grant.
   * @returns what to tell the person
   */
  async settle(id: number): Promise<{ connected: boolean; message: string }> {
    const [rows]: [CallbackRow[]] = await this.dataSource.query(
      `UPDATE install_callback SET attempts = attempts + 1, due_at = app_now() + interval '30 seconds' * (attempts + 1)
        WHERE id = $1 AND state = 'new' RETURNING id, code_sealed, pair_sealed, host, account_id_found, attempts`,
      [id],
    );
    const row = rows[0];
    if (!row) return this.outcomeOf(id);
    try {
      const pair = row.pair_sealed ? this.unseal(row.pair_sealed) : await this.exchange(row);
      const expected = row.account_id_found === null ? undefined : { accountId: row.account_id_found };
      await this.installations.admit({ host: row.host, kind: "oauth", ...pair }, expected);
      await this.end(id, "done", null);
      return { connected: true, message: "Dealscope is connected. You can close this window." };
    } catch (error) {
      const message = (error as Error).message;
      if (error instanceof IntegrationRefused) this.log.error(message);
      else this.log.warn(`A callback from ${row.host} did not connect: ${message}`);
      const final =
        error instanceof GrantRefused || error instanceof NotAnAdministrator || row.attempts >= GIVE_UP_AFTER;
      if (final) await this.end(id, "refused", message);
      else await this.dataSource.query("UPDATE install_callback SET last_error = $2 WHERE id = $1", [id, message]);
      return { connected: false, message: final ? message : explain(error) };
    }
  }

  /** Waits while a callback from this host is being settled for the first time; at once if none is. */
  async finished(host: string): Promise<void> {
    for (const end = Date.now() + FINISHES_WITHIN_MS; Date.now() < end; await sleep(FINISH_LOOK_MS)) {
      const [row] = await this.dataSource.query(
        `SELECT id FROM install_callback
          WHERE host = $1 AND state = 'new' AND last_error IS NULL AND received_at > now() - interval '1 minute' LIMIT 1`,
        [host],
      );
      if (!row) return;
    }
  }

  /** Of a callback that somebody else has settled meanwhile. */
  private async outcomeOf(id: number): Promise<{ connected: boolean; message: string }> {
    const [row]: { state: string; last_error: string | null }[] = await this.dataSource.query(
      "SELECT state, last_error FROM install_callback WHERE id = $1",
      [id],
    );
    if (row?.state === "done") return { connected: true, message: "This account is already connected." };
    return { connected: false, message: row?.last_error ?? "This connection has ended. Please start again." };
  }

  /** A code works once: what it was exchanged for is kept before anything else can fail. */
  private async exchange(row: CallbackRow): Promise<TokenPair> {
    const origin = this.settings.originOf(row.host);
    const pair = await exchangeCode(origin, this.settings.integration, this.sealing.open(row.code_sealed));
    await this.dataSource.query("UPDATE install_callback SET pair_sealed = $2 WHERE id = $1", [
      row.id,
      this.sealing.seal(JSON.stringify(pair)),
    ]);
    return pair;
  }

  private unseal(sealed: string): TokenPair {
    const pair = JSON.parse(this.sealing.open(sealed));
    return { ...pair, expiresAt: new Date(pair.expiresAt) };
  }

  private async retry() {
    const [rows]: [{ id: number }[]] = await this.dataSource.query(
      `UPDATE install_callback SET due_at = app_now() + interval '30 seconds'
        WHERE id IN (SELECT id FROM install_callback WHERE state = 'new' AND due_at <= app_now() LIMIT 5 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
    );
    await Promise.all(rows.map((row) => this.settle(row.id)));
  }

  /** The code is of no use any more, so it does not stay. */
  private async end(id: number, state: "done" | "refused", error: string | null) {
    await this.dataSource.query(
      "UPDATE install_callback SET state = $2, last_error = $3, code_sealed = '', pair_sealed = NULL WHERE id = $1",
      [id, state, error],
    );
  }
}

/** What the person is told who waits for it; it is tried again in the background. */
function explain(error: unknown): string {
  if (error instanceof KommoUnavailable) return "Kommo does not answer at the moment; we keep trying.";
  if (error instanceof IntegrationRefused) {
    return "Kommo does not accept this server as the integration. Whoever runs it has to check the integration's ID, secret key and redirect URL; we keep trying.";
  }
  if (error instanceof KommoForbidden && error.status === 402) {
    return "Kommo says that this account has to be paid for first. We keep trying for half an hour; after that, please connect again.";
  }
  return "The connection could not be finished just now; we keep trying.";
}
