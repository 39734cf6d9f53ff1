import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from "@nestjs/common";
import { Tenancy } from "../../database/tenancy.ts";
import { CustomerIoDoor, type Refusal } from "../../webhooks/customerio-door.ts";

/** For people to look at, so it may be a little late: a burst of webhooks is noted once. */
const GRAIN_MS = 500;

interface Heard {
  isSigned: boolean;
  /** Since the last one that was signed rightly. */
  refused: number;
  refusal: Refusal | null;
}

/** Notes with an account's connection when its webhook was heard, and why it was not believed. */
@Injectable()
export class Hearing implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger("engagement");
  private readonly heard = new Map<number, Heard>();
  private readonly alarms = new Map<number, NodeJS.Timeout>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly door: CustomerIoDoor,
  ) {}

  onModuleInit() {
    this.door.onRequest((accountId, refusal) => this.note(accountId, refusal));
  }

  async onModuleDestroy() {
    for (const alarm of this.alarms.values()) clearTimeout(alarm);
    await Promise.all([...this.heard.keys()].map((accountId) => this.keep(accountId)));
  }

  private note(accountId: number, refusal: Refusal | null) {
    const before = this.heard.get(accountId) ?? { isSigned: false, refused: 0 };
    this.heard.set(
      accountId,
      refusal === null ? { isSigned: true, refused: 0, refusal } : { ...before, refused: before.refused + 1, refusal },
    );
    if (this.alarms.has(accountId)) return;
    const alarm = setTimeout(() => void this.keep(accountId), GRAIN_MS);
    this.alarms.set(accountId, alarm);
  }

  private async keep(accountId: number) {
    const heard = this.heard.get(accountId);
    this.heard.delete(accountId);
    this.alarms.delete(accountId);
    if (!heard) return;
    const { isSigned, refused, refusal } = heard;
    if (refusal !== null)
      this.log.warn(
        `Account ${accountId}: ${refused} webhooks of Customer.io were refused (${refusal}); it holds back what comes after.`,
      );
    await this.tenancy
      .run(accountId, (tx) =>
        tx.query(
          `UPDATE customerio_connection SET last_heard_at = app_now(),
                  last_signed_at = CASE WHEN $1 THEN app_now() ELSE last_signed_at END,
                  refused = CASE WHEN $1 THEN 0 ELSE refused END + $2::int,
                  refusal = CASE WHEN $2 > 0 THEN $3 WHEN $1 THEN NULL ELSE refusal END,
                  last_refused_at = CASE WHEN $2 > 0 THEN app_now() ELSE last_refused_at END`,
          [isSigned, refused, refusal],
        ),
      )
      .catch((error: Error) =>
        this.log.warn(`It could not be noted that Customer.io was heard of account ${accountId}: ${error.message}`),
      );
  }
}
