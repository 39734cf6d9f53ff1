import { Injectable, Logger } from "@nestjs/common";
import { z } from "zod";
import { Remembered } from "../database/remembered.ts";
import { Tenancy } from "../database/tenancy.ts";
import { Clients } from "../installation/clients.ts";
import { Users } from "../installation/users.ts";
import type { Level, Rep } from "./rights.ts";

const REMEMBER_MS = 5_000;
/** Rights are at most this old when a session begins, and soon after while it is used. */
const MIRROR_MINUTES = 5;

// A level we do not know gives nothing.
const level = z.enum(["A", "G", "M", "D"]).catch("D");
const mirroredRights = z.object({
  leads: z.object({ view: level, edit: level }).nullish(),
  status_rights: z
    .array(
      z.object({
        entity_type: z.string(),
        pipeline_id: z.int(),
        status_id: z.int(),
        rights: z.object({ view: level.nullish(), edit: level.nullish() }),
      }),
    )
    .nullish(),
});

interface UserRow {
  name: string;
  group_id: number | null;
  is_admin: boolean;
  rights: unknown;
  is_fresh: boolean;
}

/** The account's users as the mirror of Kommo shows them. */
@Injectable()
export class Reps {
  private readonly log = new Logger("api");
  private readonly remembered = new Remembered<string, Rep | undefined>(REMEMBER_MS);
  private readonly mirroring = new Map<number, Promise<void>>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly users: Users,
  ) {}

  /** @returns undefined for a user who is not active, or not of this account */
  of(accountId: number, userId: number): Promise<Rep | undefined> {
    return this.remembered.get(`${accountId} ${userId}`, () => this.read(accountId, userId));
  }

  /** Looks at Kommo's users when the mirror is old or lacks this one; while Kommo is away the mirror must do. */
  async refresh(accountId: number, userId: number) {
    const [{ fresh }] = await this.tenancy.run(accountId, (tx) =>
      tx.query(
        `SELECT EXISTS (SELECT FROM kommo_user
                         WHERE user_id = $1 AND mirrored_at > app_now() - interval '${MIRROR_MINUTES} minutes') AS fresh`,
        [userId],
      ),
    );
    if (fresh) return;
    let mirroring = this.mirroring.get(accountId);
    if (!mirroring) {
      mirroring = this.mirror(accountId).finally(() => this.mirroring.delete(accountId));
      this.mirroring.set(accountId, mirroring);
    }
    await mirroring;
    this.remembered.forget(`${accountId} ${userId}`);
  }

  private async mirror(accountId: number) {
    try {
      await this.users.mirror(accountId, await this.clients.of(accountId, "interactive"));
    } catch (error) {
      this.log.warn(`The users of account ${accountId} could not be read: ${(error as Error).message}`);
    }
  }

  private async read(accountId: number, userId: number): Promise<Rep | undefined> {
    const [row]: UserRow[] = await this.tenancy.run(accountId, (tx) =>
      tx.query(
        `SELECT name, group_id, is_admin, rights, mirrored_at > app_now() - interval '${MIRROR_MINUTES} minutes'
                OR EXISTS (SELECT FROM account WHERE status <> 'active') AS is_fresh
           FROM kommo_user WHERE user_id = $1 AND is_active`,
        [userId],
      ),
    );
    if (!row) return undefined;
    // Nobody waits for it: what is asked at this moment is answered by what is known.
    if (!row.is_fresh) void this.refresh(accountId, userId).catch(() => {});
    const { leads, status_rights } = mirroredRights.parse(row.rights);
    const nothing: Record<"view" | "edit", Level> = { view: "D", edit: "D" };
    return {
      accountId,
      userId,
      name: row.name,
      groupId: row.group_id,
      isAdmin: row.is_admin,
      leads: leads ?? nothing,
      stages: (status_rights ?? [])
        .filter((right) => right.entity_type === "leads")
        .map(({ pipeline_id, status_id, rights }) => ({
          pipelineId: pipeline_id,
          statusId: status_id,
          view: rights.view ?? null,
          edit: rights.edit ?? null,
        })),
    };
  }
}
