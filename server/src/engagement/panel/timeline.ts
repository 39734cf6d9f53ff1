import { TIMELINE_PAGE, type Timeline, type TimelineEntry } from "@dealscope/shared/engagement-panel";
import type { SegmentName } from "@dealscope/shared/queue";
import { type Cursor, toText } from "../../database/page-cursor.ts";
import type { Tx } from "../../database/tenancy.ts";
import type { Provisioned } from "../../installation/provisioning.ts";
import { readTimeline, type TimelineRow } from "./timeline-rows.ts";

/** What the account calls things. */
export interface Names {
  made: Provisioned;
  segment(key: string | null): SegmentName | null;
}

export async function timelineOf(tx: Tx, leadId: number, names: Names, before: Cursor | undefined): Promise<Timeline> {
  const rows = await readTimeline(tx, leadId, before, TIMELINE_PAGE + 1);
  const page = rows.slice(0, TIMELINE_PAGE);
  const last = page.at(-1);
  return {
    entries: page.map((row) => toEntry(row, names)),
    next: last && rows.length > TIMELINE_PAGE ? toText({ at: last.exactly, key: last.key }) : null,
  };
}

function toEntry(row: TimelineRow, { made, segment }: Names): TimelineEntry {
  const common = { id: row.key, at: row.at.toISOString() };
  switch (row.source) {
    case "stage":
      return {
        ...{ ...common, kind: "stage" },
        from: stageName(made, row.from_pipeline_id, row.from_status_id),
        to: stageName(made, row.to_pipeline_id, row.to_status_id),
      };
    case "verdict":
      return { ...common, kind: "verdict", score: row.score, segment: segment(row.segment) };
    case "call":
      return { ...common, kind: "call", opens: row.opens ?? 0, hours: row.hours ?? 0 };
    case "mail":
      return toMail(row, common);
  }
}

function toMail(row: TimelineRow, common: { id: string; at: string }): TimelineEntry {
  const mail = {
    ...common,
    person: row.contact_id === null ? null : { contactId: row.contact_id, name: row.person ?? "" },
    channel: row.channel ?? "",
    subject: row.subject,
    campaign: row.campaign,
  };
  if (row.metric === "opened") return { ...mail, kind: "opened", machine: row.machine };
  if (row.metric === "clicked") return { ...mail, kind: "clicked", machine: row.machine, link: row.link };
  return { ...mail, kind: KINDS[row.metric ?? ""] ?? "failed", reason: row.reason };
}

const KINDS: Record<
  string,
  "sent" | "delivered" | "converted" | "unsubscribed" | "subscribed" | "bounced" | "spam" | "failed"
> = {
  sent: "sent",
  delivered: "delivered",
  converted: "converted",
  unsubscribed: "unsubscribed",
  subscribed: "subscribed",
  bounced: "bounced",
  spammed: "spam",
};

function stageName({ pipelines }: Provisioned, pipelineId: number | null, statusId: number | null): string | null {
  const pipeline = pipelines.find(({ id }) => id === pipelineId);
  return pipeline?.statuses.find(({ id }) => id === statusId)?.name ?? null;
}
