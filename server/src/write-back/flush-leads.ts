import { Injectable, Logger } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { Clients } from "../installation/clients.ts";
import { PROVISION } from "../installation/installations.ts";
import { type Provisioned, provisioned } from "../installation/provisioning.ts";
import { type KommoClient, WRITE_AT_MOST } from "../kommo/client.ts";
import { KommoRejected, KommoUnavailable } from "../kommo/errors.ts";
import type { Lead } from "../kommo/resources.ts";
import type { Turn } from "../queue/turn.ts";
import { backoffMs } from "../work/failure.ts";
import { Work } from "../work/work.ts";
import { type Folded, fold } from "./fold.ts";
import { outcomeOf } from "./last-written.ts";
import { type LeadPatch, type Plan, plan, without } from "./patch.ts";
import type { WriteRow } from "./write-row.ts";
import { claimLeads, type Ending, end, postpone } from "./write-rows.ts";

const ATTEMPTS = 3;
const TOGETHER = 250;
/** Far below the lease, so that nobody else can have taken the rows meanwhile. */
const FRESH_MS = 15_000;

class StaleRead extends Error {
  readonly retryAfterMs = 0;
}

/** Sends changes of leads: folded per lead, read before they are written, fifty at a time. */
@Injectable()
export class FlushLeads {
  private readonly log = new Logger("write-back");

  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly work: Work,
  ) {}

  async flush(turn: Turn, urgent: boolean): Promise<void> {
    const { accountId, token } = turn;
    const kommo = await this.clients.of(accountId, urgent ? "interactive" : "qualification");
    const account = await this.accounts.get(accountId);
    let rows: WriteRow[] = [];
    try {
      const leads = await kommo.leads(async () => {
        rows = await this.tenancy.run(accountId, (tx) => claimLeads(tx, accountId, token, TOGETHER));
        return [...new Set(rows.map((row) => row.leadId))];
      });
      if (rows.length > 0) await this.send(turn, kommo, rows, leads, provisioned.parse(account.provisioned));
    } catch (error) {
      if (rows.length === 0) throw error;
      await this.putBack(turn, rows, error as Error);
    }
  }

  /** What was read too long ago may have been changed by a person since: read again rather than overwrite. */
  private assertFresh(readAt: number) {
    if (performance.now() - readAt > FRESH_MS)
      throw new StaleRead("What was read is too old to write by; it is read again.");
  }

  private async send(turn: Turn, kommo: KommoClient, rows: WriteRow[], found: Lead[], made: Provisioned) {
    const readAt = performance.now();
    const folds = fold(rows);
    const leads = new Map(found.map((lead) => [lead.id, lead]));
    const endings: Ending[] = [];
    const patches: LeadPatch[] = [];
    const overtaken: WriteRow[] = [];
    for (const folded of folds) {
      const now = leads.get(folded.leadId);
      if (!now) {
        endings.push(...folded.rows.map((row): Ending => ({ row, state: "dead", outcome: "The lead is gone." })));
        continue;
      }
      for (let left: Folded | undefined = folded; left; ) {
        const planned: Plan = plan(left, now, made);
        if (planned.kind === "send") patches.push(planned.patch);
        else if (planned.kind === "equal") endings.push(...sent(left.rows, "equal"));
        const late: WriteRow[] = planned.kind === "superseded" ? planned.rows : left.rows;
        if (planned.kind === "superseded") {
          endings.push(...late.map((row): Ending => ({ row, state: "superseded", outcome: planned.why })));
          overtaken.push(...late);
        }
        left = fold(left.rows.filter((row) => !late.includes(row)))[0];
      }
    }
    await this.keep(turn, endings, overtaken);
    const batches = Array.from({ length: Math.ceil(patches.length / WRITE_AT_MOST) }, (_, i) =>
      patches.slice(i * WRITE_AT_MOST, (i + 1) * WRITE_AT_MOST),
    );
    await Promise.all(batches.map((batch) => this.patch(turn, kommo, batch, readAt)));
  }

  /** Sends one batch. Items that Kommo names as wrong are mended or dropped; without names the batch is halved. */
  private async patch(turn: Turn, kommo: KommoClient, batch: LeadPatch[], readAt: number): Promise<void> {
    if (batch.length === 0) return;
    const rowsOf = (patches: LeadPatch[]) => patches.flatMap((p) => p.folded.rows);
    try {
      await kommo.updateLeads(
        batch.map((p) => p.item),
        () => this.assertFresh(readAt),
      );
      const outcomes = batch.flatMap((p) => sent(p.folded.rows, outcomeOf(p.refused)));
      await this.keep(turn, outcomes, [], batch);
    } catch (error) {
      if (!(error instanceof KommoRejected)) {
        if (error instanceof KommoUnavailable && error.status === 504 && batch.length > 1)
          return this.halve(turn, kommo, batch, readAt);
        return this.putBack(turn, rowsOf(batch), error as Error);
      }
      const named = new Map(error.items.map((item) => [item.requestId, item.errors]));
      const bad = batch.filter((p, i) => named.has(p.item.request_id) || named.has(String(i)));
      if (bad.length === 0) {
        if (batch.length > 1) return this.halve(turn, kommo, batch, readAt);
        return this.drop(turn, batch, error.message);
      }
      const mended: LeadPatch[] = [];
      for (const patch of bad) {
        const complaints = named.get(patch.item.request_id) ?? named.get(String(batch.indexOf(patch))) ?? [];
        const rest = await this.withoutBad(turn, patch, complaints);
        if (rest) mended.push(rest);
        else
          await this.drop(turn, [patch], complaints.map((c) => `${c.path}: ${c.detail}`).join("; ") || error.message);
      }
      await this.patch(turn, kommo, [...batch.filter((p) => !bad.includes(p)), ...mended], readAt);
    }
  }

  private async halve(turn: Turn, kommo: KommoClient, batch: LeadPatch[], readAt: number) {
    const half = Math.ceil(batch.length / 2);
    await this.patch(turn, kommo, batch.slice(0, half), readAt);
    await this.patch(turn, kommo, batch.slice(half), readAt);
  }

  /** The patch without what was complained about; when a field was, provisioning looks whether it is still there. */
  private async withoutBad(
    turn: Turn,
    patch: LeadPatch,
    complaints: readonly { path: string; detail: string }[],
  ): Promise<LeadPatch | undefined> {
    if (complaints.some(({ path }) => path.startsWith("custom_fields_values."))) {
      await this.tenancy.run(turn.accountId, (tx) =>
        this.work.schedule(tx, turn.accountId, [
          { kind: PROVISION, subject: turn.accountId, priority: "qualification" },
        ]),
      );
    }
    this.log.warn(`Lead ${patch.item.id}: Kommo refuses ${complaints.map(({ path }) => path).join(", ")}.`);
    return without(
      patch,
      complaints.map(({ path }) => path),
    );
  }

  private async drop(turn: Turn, batch: LeadPatch[], why: string) {
    const rows = batch.flatMap((p) => p.folded.rows);
    const spent = rows.filter((row) => row.attempts + 1 >= ATTEMPTS);
    await this.keep(
      turn,
      spent.map((row): Ending => ({ row, state: "dead", outcome: why })),
      [],
    );
    const again = rows.filter((row) => row.attempts + 1 < ATTEMPTS);
    if (again.length === 0) return;
    await this.tenancy.run(turn.accountId, (tx) =>
      postpone(tx, turn.token, again, { afterMs: 5_000, why, counts: "attempt" }),
    );
  }

  private async putBack(turn: Turn, rows: WriteRow[], error: Error) {
    const waits = Math.max(...rows.map((row) => row.waits));
    const asked = "retryAfterMs" in error && typeof error.retryAfterMs === "number" ? error.retryAfterMs : undefined;
    await this.tenancy.run(turn.accountId, (tx) =>
      postpone(tx, turn.token, rows, { afterMs: backoffMs(waits, asked), why: error.message, counts: "wait" }),
    );
  }

  private async keep(turn: Turn, endings: Ending[], overtaken: WriteRow[], patches: LeadPatch[] = []) {
    if (endings.length === 0) return;
    await this.tenancy.run(turn.accountId, async (tx) => {
      await end(tx, turn.token, endings);
      // What we moved ourselves must not look like a person's move when Kommo tells us of it.
      const moved = patches.filter(({ item }) => item.status_id || item.responsible_user_id);
      for (const { item } of moved) {
        await tx.query("UPDATE lead SET wrote = wrote || $2 WHERE lead_id = $1", [
          item.id,
          JSON.stringify({
            ...(item.status_id ? { pipelineId: item.pipeline_id, statusId: item.status_id } : {}),
            ...(item.responsible_user_id ? { responsibleUserId: item.responsible_user_id } : {}),
          }),
        ]);
      }
      const again = overtaken.flatMap((row) =>
        row.workKind ? [{ kind: row.workKind, subject: row.leadId, priority: "qualification" as const }] : [],
      );
      if (again.length > 0) await this.work.schedule(tx, turn.accountId, again);
    });
  }
}

function sent(rows: readonly WriteRow[], outcome: string): Ending[] {
  return rows.map((row) => ({ row, state: "sent", outcome }));
}
