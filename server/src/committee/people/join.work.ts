import { Injectable, type OnModuleInit } from "@nestjs/common";
import { z } from "zod";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { LeadReader } from "../../leads/reader.ts";
import { isUrgent } from "../../queue/priority.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { DealChanges } from "./deal-changes.ts";
import { madeBy } from "./newcomer-rows.ts";
import { readStakeholder } from "./stakeholder-rows.ts";
import { Stakeholders } from "./stakeholders.service.ts";

/** Reads a deal whose people have changed: when whoever was added here is linked in Kommo, or when its log tells of it. */
export const JOIN = "join";

/** A person looks at the card and waits; later only Kommo is waited for. */
const SOON_MS = 500;
const LATER_MS = 30_000;
const PATIENCE_MS = 60_000;

/** What somebody who is made first shall play, by the mark of his creation. */
const newcomers = z.record(z.string(), z.object({ role: z.string(), by: z.string() }));
export type Newcomers = z.infer<typeof newcomers>;
type Part = Newcomers[string] & { contactId: number };

@Injectable()
export class JoinWork implements WorkKind, OnModuleInit {
  readonly kind = JOIN;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly reader: LeadReader,
    private readonly changes: DealChanges,
    private readonly stakeholders: Stakeholders,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run({ accountId, subject: leadId, detail, priority, firstEventAt }: WorkItem): Promise<Decision> {
    const isUnderWay = await this.tenancy.run(accountId, (tx) => linksUnderWay(tx, leadId));
    if (isUnderWay) {
      const afterMs = Date.now() - firstEventAt.getTime() < PATIENCE_MS ? SOON_MS : LATER_MS;
      return { again: { afterMs, counts: "nothing", why: "The contact is not linked in Kommo yet." } };
    }
    const reading = await this.reader.read(accountId, leadId, isUrgent(priority) ? "interactive" : "backfill");
    if (!reading) return {};
    const linked = new Set(reading.lead._embedded.contacts.map(({ id }) => id));
    const wished = newcomers.parse(detail);
    const made = await this.tenancy.run(accountId, (tx) => madeBy(tx, Object.keys(wished)));
    if ([...made.values()].some(({ contactId, isRecent }) => isRecent && !linked.has(contactId)))
      return {
        again: { afterMs: SOON_MS, counts: "nothing", why: "Kommo does not show the contact in the deal yet." },
      };
    const parts = [...made].flatMap(([marker, { contactId }]): Part[] =>
      linked.has(contactId) ? [{ contactId, ...wished[marker]! }] : [],
    );
    return { keep: (tx) => this.takeParts(tx, accountId, leadId, parts) };
  }

  private async takeParts(tx: Tx, accountId: number, leadId: number, parts: readonly Part[]) {
    for (const { contactId, role, by } of parts) {
      await this.changes.within(tx, accountId, leadId, by, async (change) => {
        // While Kommo was away the settings may have changed, or somebody has said otherwise.
        const isKnown = change.settings.roles.some(({ key }) => key === role);
        const { role: before } = await readStakeholder(change, contactId);
        if (isKnown && before === null) await this.stakeholders.play(change, contactId, { role });
      });
    }
  }
}

async function linksUnderWay(tx: Tx, leadId: number): Promise<boolean> {
  const rows = await tx.query(
    "SELECT 1 FROM write WHERE lead_id = $1 AND state = 'due' AND target IN ('contact_new', 'link') AND origin = 'rep' LIMIT 1",
    [leadId],
  );
  return rows.length > 0;
}
