import { randomBytes } from "node:crypto";
import type { Connection, ConnectionWish } from "@dealscope/shared/customerio";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../../config.ts";
import { AppClient } from "../../customerio/app-client.ts";
import { findRegion, type Origins, TrackClient } from "../../customerio/track-client.ts";
import { hashKey } from "../../database/known-keys.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { PROVISION } from "../../installation/installations.ts";
import { Sealing } from "../../installation/sealing.ts";
import { Work } from "../../work/work.ts";
import { CUSTOMERIO_SEND, MAIL_SOURCES } from "../kinds.ts";
import {
  type ConnectionRow,
  forgetHearing,
  forgetStanding,
  forgetWorkspace,
  lockConnection,
  readConnection,
  readStanding,
} from "./connection-rows.ts";
import { toConnection } from "./connection-view.ts";

/** There is no connection, or no key for what is asked. */
export class NotConnected extends Error {}

/** The first keys need a Track key: without it nothing can be told. */
export class NoTrackKey extends Error {}

/** An account's keys for Customer.io, kept sealed and never shown again. The Track key is tried before any of them is taken. */
@Injectable()
export class Connections {
  private readonly track: Origins;
  private readonly app: Origins;
  private readonly timeoutMs: number;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly sealing: Sealing,
    private readonly work: Work,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.track = { us: config.CUSTOMERIO_TRACK_US_URL, eu: config.CUSTOMERIO_TRACK_EU_URL };
    this.app = { us: config.CUSTOMERIO_APP_US_URL, eu: config.CUSTOMERIO_APP_EU_URL };
    this.timeoutMs = config.CUSTOMERIO_TIMEOUT_SECONDS * 1000;
  }

  /** @returns undefined for an account that is not connected */
  async trackOf(accountId: number): Promise<TrackClient | undefined> {
    const row = await this.row(accountId);
    return row && this.trackClient(row);
  }

  /** @returns undefined where there is no App key */
  async appOf(accountId: number): Promise<AppClient | undefined> {
    const row = await this.row(accountId);
    return row && this.appClient(row);
  }

  trackClient({ site_id: siteId, track_key_sealed, region }: ConnectionRow): TrackClient {
    return new TrackClient(
      this.track[region],
      { siteId, trackKey: this.sealing.open(track_key_sealed) },
      this.timeoutMs,
    );
  }

  appClient({ app_key_sealed, region }: ConnectionRow): AppClient | undefined {
    if (app_key_sealed === null) return undefined;
    return new AppClient(this.app[region], this.sealing.open(app_key_sealed), this.timeoutMs);
  }

  regionOf({ site_id: siteId, track_key_sealed }: ConnectionRow) {
    const keys = { siteId, trackKey: this.sealing.open(track_key_sealed) };
    return findRegion({ origins: this.track, keys, timeoutMs: this.timeoutMs });
  }

  /** Where Customer.io sends what people do. */
  webhookUrl({ path_key_sealed }: Pick<ConnectionRow, "path_key_sealed">): string {
    return new URL(`/webhooks/customerio/${this.sealing.open(path_key_sealed)}`, this.config.PUBLIC_URL).href;
  }

  /** What deals can be objects of; nothing without an App key. They are remembered, because settings name them. */
  async objectTypes(accountId: number): Promise<{ id: string; name: string }[]> {
    const app = await this.appOf(accountId);
    if (!app) return [];
    const types = await app.objectTypes();
    const ids = types.map(({ id }) => id);
    await this.tenancy.run(accountId, (tx) => tx.query("UPDATE customerio_connection SET object_types = $1", [ids]));
    return types;
  }

  row(accountId: number): Promise<ConnectionRow | undefined> {
    return this.tenancy.run(accountId, readConnection);
  }

  async show(accountId: number): Promise<Connection | null> {
    return this.tenancy.run(accountId, async (tx) => {
      const row = await readConnection(tx);
      if (!row) return null;
      return toConnection(row, this.webhookUrl(row), await readStanding(tx, accountId, row));
    });
  }

  /**
   * Keeps keys that Customer.io knows; its answer tells the region and the workspace. What waited for them goes on.
   * @throws CustomerIoKeyRefused, CustomerIoUnavailable, NoTrackKey; then everything stays as it was
   */
  async save(accountId: number, wish: ConnectionWish, by: string): Promise<void> {
    const before = await this.row(accountId);
    const trackKey = wish.trackKey ?? (before && this.sealing.open(before.track_key_sealed));
    if (trackKey === undefined) throw new NoTrackKey("The Track API key is missing.");
    const keys = { siteId: wish.siteId, trackKey };
    const { region, environmentId } = await findRegion({ origins: this.track, keys, timeoutMs: this.timeoutMs });
    const pathKey = randomBytes(32).toString("base64url");
    const seal = (key: string | null | undefined) => (typeof key === "string" ? this.sealing.seal(key) : null);
    await this.tenancy.run(accountId, async (tx) => {
      const replaced = await lockConnection(tx);
      const isSameWorkspace = replaced?.environment_id === environmentId;
      if (!isSameWorkspace) {
        await forgetWorkspace(tx);
        await forgetStanding(tx);
      }
      const hearsOn =
        isSameWorkspace && (wish.signingKey === undefined || this.signingKeyOf(replaced) === wish.signingKey);
      if (!hearsOn) await forgetHearing(tx);
      await tx.query(
        `INSERT INTO customerio_connection AS c (account_id, site_id, track_key_sealed, app_key_sealed, signing_key_sealed,
                                                 region, environment_id, path_key_hash, path_key_sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (account_id) DO UPDATE SET
           site_id = excluded.site_id, track_key_sealed = excluded.track_key_sealed, region = excluded.region,
           environment_id = excluded.environment_id, problem = NULL,
           app_key_sealed = CASE WHEN $10 THEN c.app_key_sealed ELSE excluded.app_key_sealed END,
           signing_key_sealed = CASE WHEN $11 THEN c.signing_key_sealed ELSE excluded.signing_key_sealed END,
           webhook_id = CASE WHEN c.environment_id = excluded.environment_id THEN c.webhook_id END,
           sends_all = CASE WHEN c.environment_id = excluded.environment_id THEN c.sends_all END,
           object_types = CASE WHEN c.environment_id = excluded.environment_id THEN c.object_types END`,
        [
          ...[accountId, wish.siteId, this.sealing.seal(trackKey), seal(wish.appKey), seal(wish.signingKey)],
          ...[region, environmentId, hashKey(pathKey), this.sealing.seal(pathKey)],
          ...[wish.appKey === undefined, wish.signingKey === undefined],
        ],
      );
      await note(tx, accountId, by, "Customer.io keys saved");
      await this.work.schedule(tx, accountId, [
        { kind: CUSTOMERIO_SEND, subject: accountId, priority: "engagement" },
        { kind: MAIL_SOURCES, subject: accountId, priority: "backfill" },
        // Contacts show from now on whether mail reaches them.
        ...(replaced ? [] : [{ kind: PROVISION, subject: accountId, priority: "engagement" as const }]),
      ]);
    });
  }

  private signingKeyOf({ signing_key_sealed }: ConnectionRow): string | null {
    return signing_key_sealed === null ? null : this.sealing.open(signing_key_sealed);
  }

  /** Forgets the keys. What was heard stays in the timelines; what was to be sent is not sent. */
  async remove(accountId: number, by: string): Promise<void> {
    const row = await this.row(accountId);
    if (!row) return;
    if (row.webhook_id !== null) {
      // Out of courtesy: without it Customer.io would try for a week what nobody answers any more.
      await this.appClient(row)
        ?.deleteWebhook(row.webhook_id)
        .catch(() => {});
    }
    await this.tenancy.run(accountId, async (tx) => {
      await tx.query("DELETE FROM customerio_connection");
      await forgetWorkspace(tx);
      await note(tx, accountId, by, "Customer.io disconnected");
    });
  }
}

async function note(tx: Tx, accountId: number, actor: string, action: string) {
  await tx.query("INSERT INTO audit (account_id, actor, action) VALUES ($1, $2, $3)", [accountId, actor, action]);
}
