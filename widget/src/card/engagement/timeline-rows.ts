import type { TimelineEntry } from "@dealscope/shared/engagement-panel";

/** Of a mail, and not of the deal. */
export type MailEntry = Extract<TimelineEntry, { subject: unknown }>;
/** An opening or a click. */
export type ReadingEntry = Extract<TimelineEntry, { kind: "opened" | "clicked" }>;

/** What stands in one row of the timeline. */
export type TimelineRow =
  | { kind: "entry"; entry: TimelineEntry }
  /** A mail that has arrived at once: that it was sent as well is no news of its own. */
  | { kind: "arrived"; entry: MailEntry }
  /** One after the other of what does not count, which would push what does count out of sight. */
  | { kind: "machines"; entries: ReadingEntry[] };

/** @param entries newest first, as they are told */
export function rowsOf(entries: readonly TimelineEntry[]): TimelineRow[] {
  const rows: TimelineRow[] = [];
  for (const entry of entries) {
    const last = rows.at(-1);
    const before = last?.kind === "entry" ? last.entry : undefined;
    if (isMachine(entry) && last?.kind === "machines") last.entries.push(entry);
    else if (isMachine(entry) && before && isMachine(before))
      rows[rows.length - 1] = { kind: "machines", entries: [before, entry] };
    else if (entry.kind === "sent" && before?.kind === "delivered" && isSameMail(before, entry))
      rows[rows.length - 1] = { kind: "arrived", entry: before };
    else rows.push({ kind: "entry", entry });
  }
  return rows;
}

export function isOfMail(entry: TimelineEntry): entry is MailEntry {
  return "subject" in entry;
}

function isMachine(entry: TimelineEntry): entry is ReadingEntry {
  return (entry.kind === "opened" || entry.kind === "clicked") && entry.machine !== null;
}

function isSameMail(one: MailEntry, other: MailEntry): boolean {
  return (
    one.subject === other.subject &&
    one.campaign === other.campaign &&
    one.channel === other.channel &&
    one.person?.contactId === other.person?.contactId
  );
}
