import {
  ACTIVITY_PAGE,
  type Activity,
  type ActivityQuery,
  type Happening,
  type Stuck,
  type StuckItem,
} from "@dealscope/shared/activity";
import { Injectable } from "@nestjs/common";
import { fromText, toText } from "../../database/page-cursor.ts";
import { Tenancy } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { type Provisioned, provisioned } from "../../installation/provisioning.ts";
import { chosenBy, Redrive } from "../../redrive/redrive.ts";
import { ApiFailure } from "../api-failure.ts";
import { changesOf } from "../changes.ts";
import type { Rep } from "../rights.ts";
import { type RankedSegments, Segments } from "../segments.ts";
import { type HappeningRow, readHappenings } from "./activity-rows.ts";

/** Kinds of work whose subject is one. */
const OF_A_LEAD = ["qualify", "override-expiry", "customerio_deal"];

/** What has happened in an account, and what got stuck in it. */
@Injectable()
export class Activities {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly segments: Segments,
    private readonly redrive: Redrive,
  ) {}

  async of(rep: Rep, { leadId, kind, before }: ActivityQuery): Promise<Activity> {
    const cursor = before === undefined ? undefined : fromText(before);
    if (before !== undefined && !cursor) throw new ApiFailure("invalid_input", "This page does not exist.");
    const [segments, account] = await Promise.all([this.segments.of(rep.accountId), this.accounts.get(rep.accountId)]);
    // One more than a page tells whether there is another.
    const wish = { leadId, kind, before: cursor, limit: ACTIVITY_PAGE + 1 };
    const rows = await this.tenancy.run(rep.accountId, (tx) => readHappenings(tx, rep, wish));
    const page = rows.slice(0, ACTIVITY_PAGE);
    const last = rows.length > ACTIVITY_PAGE ? page.at(-1) : undefined;
    const made = provisioned.parse(account.provisioned);
    return { happenings: page.map((row) => toHappening(row, segments, made)), next: last ? toText(last) : null };
  }

  async stuck(accountId: number): Promise<Stuck> {
    const { deliveries, work, writes, customerio } = await this.redrive.stuck(accountId);
    const leadIds = [
      ...writes.map(({ leadId }) => leadId),
      ...customerio.map(({ leadId }) => leadId),
      ...work.filter(({ kind }) => OF_A_LEAD.includes(kind)).map(({ subject }) => subject),
    ];
    const [names, total] = await this.tenancy.run(accountId, async (tx) => {
      const rows: { lead_id: number; name: string }[] = await tx.query(
        "SELECT lead_id, name FROM lead WHERE lead_id = ANY($1)",
        [leadIds],
      );
      const [{ count }] = await tx.query(
        `SELECT (SELECT count(*) FROM delivery WHERE state IN ('dead', 'quarantined'))
              + (SELECT count(*) FROM work WHERE state = 'dead') + (SELECT count(*) FROM write WHERE state = 'dead')
              + (SELECT count(*) FROM customerio_write WHERE state = 'stuck') AS count`,
      );
      return [new Map(rows.map((row) => [row.lead_id, row.name])), Number(count)] as const;
    });
    const lead = (id: number) => ({ id, name: names.get(id) ?? "" });
    const items: StuckItem[] = [
      ...deliveries.map(({ id, state, receivedAt, error, canRetry }) => ({
        ...{ id: `delivery-${id}`, what: "delivery" as const, lead: null, text: state, canRetry },
        ...{ since: receivedAt.toISOString(), reason: error },
      })),
      ...work.map(({ id, kind, subject, dueAt, error, canRetry }) => ({
        ...{ id: `work-${id}`, what: "work" as const, text: kind, canRetry },
        lead: OF_A_LEAD.includes(kind) ? lead(subject) : null,
        ...{ since: dueAt.toISOString(), reason: error },
      })),
      ...writes.map(({ id, leadId, target, endedAt, error, canRetry }) => ({
        ...{ id: `write-${id}`, what: "write" as const, lead: lead(leadId), text: target, canRetry },
        ...{ since: endedAt.toISOString(), reason: error },
      })),
      ...customerio.map(({ id, leadId, kind, endedAt, error, canRetry }) => ({
        ...{ id: `customerio-${id}`, what: "customerio" as const, lead: lead(leadId), text: kind, canRetry },
        ...{ since: endedAt.toISOString(), reason: error },
      })),
    ];
    const waiting = await this.redrive.waiting(accountId);
    return {
      items: items.toSorted((a, b) => b.since.localeCompare(a.since)),
      total,
      waiting: waiting.map(({ nextTryAt, ...what }) => ({ ...what, nextTryAt: nextTryAt.toISOString() })),
    };
  }

  /** @param ids of stuck items; undefined is all of them */
  async retry({ accountId, name }: Rep, ids: readonly string[] | undefined): Promise<number> {
    const { deliveries, work, writes, customerio } = await this.redrive.putBack(accountId, name, ids && chosenBy(ids));
    return deliveries + work + writes + customerio;
  }
}

function toHappening(row: HappeningRow, segments: RankedSegments, made: Provisioned): Happening {
  return {
    id: row.key,
    at: new Date(row.at).toISOString(),
    ...{ kind: row.kind, what: row.what, outcome: row.outcome },
    lead: row.lead_id === null ? null : { id: row.lead_id, name: row.lead_name ?? "" },
    by: row.by ?? "",
    text: row.stages ? moveIn(row.stages, made) : (row.text ?? ""),
    segment: segments.named(row.segment),
    score: row.score,
    changes: row.body && row.what === "fields" ? changesOf("lead", row.body) : [],
    reason: row.reason,
  };
}

/** `New → Negotiation`, by the names that stages have now. */
function moveIn({ from, to }: NonNullable<HappeningRow["stages"]>, { pipelines }: Provisioned): string {
  const nameOf = ([pipelineId, statusId]: [number, number]) =>
    pipelines.find(({ id }) => id === pipelineId)?.statuses.find(({ id }) => id === statusId)?.name ?? String(statusId);
  return from ? `${nameOf(from)} → ${nameOf(to)}` : nameOf(to);
}
