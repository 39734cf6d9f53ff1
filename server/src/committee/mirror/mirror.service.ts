import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import { Work } from "../../work/work.ts";
import { rightAway, type Timing } from "../../work/work-kind.ts";
import { MIRROR, READ_LIST } from "./mirror-kinds.ts";

/** Asks for people to be shown in Kommo as we know them. What is to be written is decided when their contact was read. */
@Injectable()
export class Mirror implements OnModuleInit {
  constructor(private readonly work: Work) {}

  onModuleInit() {
    this.work.expect(MIRROR);
    this.work.expect(READ_LIST);
  }

  /** People whose role, weight, approval or deals have changed, or whose contact was edited. */
  async contacts(tx: Tx, accountId: number, contactIds: readonly number[], timing: Timing = rightAway) {
    const requests = contactIds.map((subject) => ({ kind: MIRROR, subject, priority: "qualification" as const }));
    await this.work.schedule(tx, accountId, requests, timing);
  }

  /** Everybody of whom something was said. */
  async everybody(tx: Tx, accountId: number) {
    const people: { contact_id: number }[] = await tx.query(
      "SELECT DISTINCT contact_id FROM stakeholder ORDER BY contact_id",
    );
    const requests = people.map(({ contact_id }) => ({
      kind: MIRROR,
      subject: contact_id,
      priority: "backfill" as const,
    }));
    await this.work.schedule(tx, accountId, requests);
  }

  async list(tx: Tx, accountId: number) {
    await this.work.schedule(tx, accountId, [{ kind: READ_LIST, subject: accountId, priority: "backfill" }]);
  }

  /** The list asks for its next reading itself; this is how the first one begins, and how a lost one begins again. */
  async ensureList(tx: Tx, accountId: number) {
    await this.work.ensure(tx, accountId, { kind: READ_LIST, subject: accountId, priority: "backfill" });
  }
}
