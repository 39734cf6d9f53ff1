import { setTimeout as sleep } from "node:timers/promises";
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from "@nestjs/common";
import { DataSource } from "typeorm";
import { CONFIG, type Config } from "../config.ts";
import { KommoBlocked, KommoForbidden, KommoUnavailable } from "../kommo/errors.ts";
import { Line } from "../kommo/line.ts";
import { exchangeCode, GrantRefused, IntegrationRefused, type TokenPair } from "../kommo/oauth.ts";
import { Clients } from "./clients.ts";
import { Installations, NotAnAdministrator } from "./installations.ts";
import { KommoSettings } from "./kommo-settings.ts";
import { Sealing } from "./sealing.ts";

const LOOK_MS = 2_000;
/** A code lives 20 minutes. */
const GIVE_UP_AFTER = 12;
/** Who pressed Install and looks at once waits so long for it to be done. */
const FINISHES_WITHIN_MS = 5_000;
const FINISH_LOOK_MS = 100;
/** Nobody else takes a callback for so long: the limits may let its calls wait. */
const LEASE = "5 minutes";
/**
 * Anybody can write the link of a callback: what waits is bounded, for one host and for all. Those that were asked for are counted
 * among themselves, by the account that asked, because whoever asks may name the host of another.
 */
const WAITING_OF_ONE = 5;
const WAITING_AT_ALL = 500;

/** So many callbacks wait that no more are kept. */
export class TooManyCallbacks extends Error {}

export interface Callback {
  code: string;
  host: string;
  fromWidget: boolean;
  /** Who asked, when the callback carried a state. */
  askedBy?: { accountId: number } | undefined;
}

interface Outcome {
  connected: boolean;
  message: string;
  /** Kommo said that our address calls too much: the next has to wait. */
  overrun?: boolean;
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
  private last: Promise<unknown> = Promise.resolve();
  private rounds = 0;
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealing: Sealing,
    private readonly settings: KommoSettings,
    private readonly installations: Installations,
    private readonly clients: Clients,
    private readonly line: Line,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap() {
    if (this.config.ROLE === "web") return;
    this.timer = setInterval(() => this.wake(), LOOK_MS);
  }

  onModuleDestroy() {
    this.stopping = true;
    clearInterval(this.timer);
  }

  /**
   * Resolves to the callback's number once it is durable. One from the widget is due at once; for one that a person
   * waits for `settle` is called.
   * @throws TooManyCallbacks when as many wait as may
   */
  async keep(callback: Callback): Promise<number> {
    const [row] = await this.dataSource.query(
      `INSERT INTO install_callback (code_sealed, host, from_widget, account_id_found, due_at)
       SELECT $1, $2, $3, $4, CASE WHEN $3 THEN app_now() ELSE app_now() + interval '${LEASE}' END
         FROM (SELECT count(*) AS at_all,
                      count(*) FILTER (WHERE CASE WHEN $4::bigint IS NULL THEN host = $2 ELSE account_id_found = $4 END) AS of_one
                 FROM install_callback WHERE state = 'new' AND (account_id_found IS NULL) = ($4::bigint IS NULL)) waiting
        WHERE at_all < ${WAITING_AT_ALL} AND of_one < ${WAITING_OF_ONE}
       RETURNING id`,
      [this.sealing.seal(callback.code), callback.host, callback.fromWidget, callback.askedBy?.accountId ?? null],
    );
    if (!row) throw new TooManyCallbacks("Too many connections are being made at this moment.");
    return row.id;
  }

  /** Settles what is due soon; where no work is done, a process that does it finds it within seconds. */
  wake() {
    // One of two that go on until nothing is due sees what was kept just now.
    if (this.config.ROLE === "web" || this.rounds > 1) return;
    this.rounds++;
    void this.round()
      .catch((error: Error) => this.log.warn(error.message))
      .finally(() => this.rounds--);
  }

  /**
   * Exchanges the code and admits the grant, as soon as the one before has ended.
   * @returns what to tell the person
   */
  async settle(id: number): Promise<Outcome> {
    // Nobody is let wait for minutes in front of an empty window.
    if (this.line.isBlocked) return this.putOff(id);
    return this.oneAfterTheOther(() => this.trySettle(id));
  }

  private async trySettle(id: number): Promise<Outcome> {
    const [rows]: [CallbackRow[]] = await this.dataSource.query(
      `UPDATE install_callback SET attempts = attempts + 1, due_at = app_now() + interval '${LEASE}'
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
      else await this.postpone(row, message);
      const overrun = error instanceof KommoBlocked || (error instanceof KommoUnavailable && error.status === 429);
      if (error instanceof GrantRefused) return { connected: false, message: USED };
      return { connected: false, message: final ? message : explain(error), overrun };
    }
  }

  private async postpone({ id, attempts }: CallbackRow, why: string) {
    await this.dataSource.query(
      "UPDATE install_callback SET last_error = $2, due_at = app_now() + $3 * interval '30 seconds' WHERE id = $1",
      [id, why, attempts],
    );
  }

  private async putOff(id: number): Promise<Outcome> {
    await this.dataSource.query("UPDATE install_callback SET due_at = app_now() WHERE id = $1 AND state = 'new'", [id]);
    return { connected: false, message: AWAY };
  }

  private oneAfterTheOther<T>(next: () => Promise<T>): Promise<T> {
    const result = this.last.then(next);
    this.last = result.catch(() => {});
    return result;
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
  private async outcomeOf(id: number): Promise<Outcome> {
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
    const code = this.sealing.open(row.code_sealed);
    const pair = await this.clients.beforeInstalling(() => exchangeCode(origin, this.settings.integration, code));
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

  /** What is due, until Kommo says that it is too much. A person who waits has his turn in between. */
  private async round() {
    while (!this.stopping && !this.line.isBlocked) {
      if (!(await this.oneAfterTheOther(() => this.settleNext()))) return;
    }
  }

  /** @returns whether there may be another */
  private async settleNext(): Promise<boolean> {
    // Those that failed before do not stand in the way of the others.
    const [[due]]: [{ id: number }[]] = await this.dataSource.query(
      `UPDATE install_callback SET due_at = app_now() + interval '${LEASE}'
        WHERE id = ANY(ARRAY(SELECT id FROM install_callback WHERE state = 'new' AND due_at <= app_now()
                      ORDER BY attempts, id LIMIT 1 FOR UPDATE SKIP LOCKED))
       RETURNING id`,
    );
    return due !== undefined && !(await this.trySettle(due.id)).overrun;
  }

  /** The code is of no use any more, so it does not stay. */
  private async end(id: number, state: "done" | "refused", error: string | null) {
    await this.dataSource.query(
      "UPDATE install_callback SET state = $2, last_error = $3, code_sealed = '', pair_sealed = NULL WHERE id = $1",
      [id, state, error],
    );
  }
}

export const USED = "This link was used already. Start again from Dealscope's settings.";
const AWAY = "Kommo does not answer at the moment; we keep trying.";

/** What the person is told who waits for it; it is tried again in the background. */
function explain(error: unknown): string {
  if (error instanceof KommoUnavailable || error instanceof KommoBlocked) return AWAY;
  if (error instanceof IntegrationRefused) {
    return "Kommo does not accept this server as the integration. Whoever runs it has to check the integration's ID, secret key and redirect URL; we keep trying.";
  }
  if (error instanceof KommoForbidden && error.status === 402) {
    return "Kommo says that this account has to be paid for first. We keep trying for half an hour; after that, please connect again.";
  }
  return "The connection could not be finished just now; we keep trying.";
}
