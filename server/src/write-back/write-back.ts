import { Injectable, Logger, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { provisioned } from "../installation/provisioning.ts";
import { WRITE_AT_MOST } from "../kommo/client.ts";
import { Bell } from "../queue/bell.ts";
import type { Stage, Turn } from "../queue/turn.ts";
import { Turns } from "../queue/turns.ts";
import { FlushCreations } from "./flush-creations.ts";
import { FlushLeads } from "./flush-leads.ts";
import { FlushLinks } from "./flush-links.ts";
import { FlushTaskEnds } from "./flush-task-ends.ts";
import { FlushValues } from "./flush-values.ts";
import type { Flusher } from "./flusher.ts";
import type { Haste } from "./haste.ts";
import type { NewWrite } from "./write-row.ts";
import { due, put, revive, type Waiting } from "./write-rows.ts";

/** While more leads are being decided, a batch waits this long to fill. */
const LINGER_MS = 300;

/** Third stage of a turn: what was decided is written into Kommo. */
@Injectable()
export class WriteBack implements Stage, OnModuleInit {
  readonly name = "flush";
  readonly paceMs = 20;
  private readonly log = new Logger("write-back");
  private readonly flushers: readonly Flusher[];
  /** Accounts in which this process has put down something urgent that may still wait. */
  private readonly hurried = new Set<number>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly turns: Turns,
    private readonly bell: Bell,
    leads: FlushLeads,
    creations: FlushCreations,
    taskEnds: FlushTaskEnds,
    values: FlushValues,
    links: FlushLinks,
  ) {
    this.flushers = [leads, creations, taskEnds, values, links];
  }

  onModuleInit() {
    this.turns.register(this);
  }

  /** Puts down a change of the outside world, in the transaction of the decision that causes it. */
  async put(tx: Tx, accountId: number, write: NewWrite) {
    await put(tx, accountId, write);
    this.hurry(tx, accountId, write);
    this.bell.ringIn(accountId, 5);
  }

  /** As `put`, for what a person may ask for again after Kommo has refused it. */
  async putOrRevive(tx: Tx, accountId: number, write: NewWrite & { marker: string }) {
    if (!(await revive(tx, write.marker, write.body))) await put(tx, accountId, write);
    this.hurry(tx, accountId, write);
    this.bell.ringIn(accountId, 5);
  }

  private hurry(tx: Tx, accountId: number, { origin }: NewWrite) {
    if (origin === "gate" || origin === "rep") this.tenancy.afterCommit(tx, () => this.hurried.add(accountId));
  }

  async step(turn: Turn): Promise<boolean> {
    const { load } = turn;
    // What is urgent does not wait for a batch that waits for Kommo's limit.
    const isBeside = load.flushing;
    if (load.hastening || (isBeside && !this.hurried.has(turn.accountId))) return false;
    const account = await this.accounts.get(turn.accountId);
    // Without the ids of our fields there is nothing to write into; provisioning is under way.
    const isReady = account.status === "active" && provisioned.parse(account.provisioned).completedAt !== null;
    if (!isReady) return false;
    const waiting = await this.tenancy.run(turn.accountId, (tx) => due(tx));
    if (!waiting.urgent) this.hurried.delete(turn.accountId);
    if (waiting.targets.size === 0) return false;
    if (isBeside) {
      if (waiting.urgent) void this.send(turn, waiting, "only");
      return waiting.urgent;
    }
    const leads = waiting.targets.get("lead") ?? 0;
    const areLeadsAlone = waiting.targets.size === 1 && leads > 0;
    const willFill = load.running > 0 && leads < WRITE_AT_MOST && waiting.oldestMs < LINGER_MS;
    if (willFill && !waiting.urgent && areLeadsAlone) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return true;
    }
    void this.send(turn, waiting, waiting.urgent ? "some" : "none");
    return true;
  }

  /** Outlives the turn like rows do: while it waits for Kommo's limit, the worker is free for other accounts. */
  private async send(turn: Turn, waiting: Waiting, urgent: Haste) {
    const lane = urgent === "only" ? "hastening" : "flushing";
    turn.load[lane] = true;
    try {
      const wanted = this.flushers.filter(({ targets }) => targets.some((target) => waiting.targets.has(target)));
      await Promise.all(wanted.map((flusher) => flusher.flush(turn, urgent)));
    } catch (error) {
      this.log.warn(`Writes of account ${turn.accountId} wait until their lease runs out: ${(error as Error).message}`);
    } finally {
      turn.load[lane] = false;
      if (turn.over) this.bell.ring(turn.accountId);
      else turn.pulse.beat();
    }
  }
}
