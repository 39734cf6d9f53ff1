import { Injectable } from "@nestjs/common";
import { Doors, type IncomingDelivery } from "../database/doors.ts";
import { accountDeliveries, deliveriesReceived, deliveriesRefused, deliveryStoreSeconds } from "../meters.ts";

const AT_MOST = 500;
const BYTES_AT_MOST = 8 * 1024 * 1024;
/** Two statements on their way: while one commits, the next gathers. */
const ABREAST = 2;
/** More a second than any account's working day brings; a door this busy is not to be kept waiting. */
const STORM_PER_SECOND = 1_000;

interface Waiting {
  delivery: IncomingDelivery;
  stored: () => void;
  failed: (error: unknown) => void;
}

/** Stores deliveries durably. Requests that arrive while a commit is under way share the next one. */
@Injectable()
export class Mailbox {
  private waiting: Waiting[] = [];
  private abreast = 0;
  private second = 0;
  private inThisSecond = 0;
  private inTheLast = 0;

  constructor(private readonly doors: Doors) {}

  /** Resolves when the delivery is committed; rejects when the database refused or is away. */
  async store(delivery: IncomingDelivery): Promise<void> {
    this.count();
    const { source, accountId } = delivery;
    const stored = deliveryStoreSeconds.startTimer();
    try {
      await new Promise<void>((stored, failed) => {
        this.waiting.push({ delivery, stored, failed });
        void this.carry();
      });
    } catch (error) {
      deliveriesRefused.inc({ source });
      throw error;
    }
    stored();
    deliveriesReceived.inc({ source });
    accountDeliveries.add(accountId);
  }

  /** Whether so much comes in that whatever can wait should: what is stored is safe, what is not answered is not. */
  get isStorm(): boolean {
    const now = Math.floor(performance.now() / 1000);
    const latest = now === this.second ? Math.max(this.inTheLast, this.inThisSecond) : 0;
    return latest > STORM_PER_SECOND;
  }

  /** How many of those who wait go together: not too many, and not too many bytes. */
  private nextBatch(): number {
    let bytes = 0;
    const tooMuch = this.waiting.findIndex(({ delivery }, n) => {
      bytes += delivery.body.length;
      return n > 0 && (n >= AT_MOST || bytes > BYTES_AT_MOST);
    });
    return tooMuch === -1 ? this.waiting.length : tooMuch;
  }

  private count() {
    const now = Math.floor(performance.now() / 1000);
    if (now !== this.second) {
      this.inTheLast = now === this.second + 1 ? this.inThisSecond : 0;
      this.inThisSecond = 0;
      this.second = now;
    }
    this.inThisSecond++;
  }

  private async carry() {
    if (this.abreast >= ABREAST) return;
    this.abreast++;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.nextBatch());
      try {
        await this.doors.deliver(batch.map((w) => w.delivery));
        for (const w of batch) w.stored();
      } catch (error) {
        for (const w of batch) w.failed(error);
      }
    }
    this.abreast--;
  }
}
