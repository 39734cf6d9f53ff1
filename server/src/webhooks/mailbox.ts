import { Injectable } from "@nestjs/common";
import { Doors, type IncomingDelivery } from "../database/doors.ts";

const AT_MOST = 500;
/** Two statements on their way: while one commits, the next gathers. */
const ABREAST = 2;

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

  constructor(private readonly doors: Doors) {}

  /** Resolves when the delivery is committed; rejects when the database refused or is away. */
  store(delivery: IncomingDelivery): Promise<void> {
    return new Promise((stored, failed) => {
      this.waiting.push({ delivery, stored, failed });
      void this.carry();
    });
  }

  private async carry() {
    if (this.abreast >= ABREAST) return;
    this.abreast++;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, AT_MOST);
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
