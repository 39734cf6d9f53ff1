import { setTimeout as sleep } from "node:timers/promises";
import { Injectable, Logger, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { provisioned } from "../installation/provisioning.ts";
import { WRITE_AT_MOST } from "../kommo/requests.ts";
import { writesEnded } from "../meters.ts";
import { Bell } from "../queue/bell.ts";
import { type Lane, lanes } from "../queue/lane.ts";
import type { Stage, Turn } from "../queue/turn.ts";
import { Turns } from "../queue/turns.ts";
import { FlushCreations } from "./flush-creations.ts";
import { FlushLeads } from "./flush-leads.ts";
import { FlushLinks } from "./flush-links.ts";
import { FlushMade } from "./flush-made.ts";
import { FlushValues } from "./flush-values.ts";
import type { Flusher } from "./flusher.ts";
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
    made: FlushMade,
    values: FlushValues,
    links: FlushLinks,
  ) {
    this.flushers = [leads, creations, made, values, links];
    for (const target of this.flushers.flatMap(({ targets }) => targets)) writesEnded.inc({ target, state: "dead" }, 0);
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
    if (!(await revive(tx, write))) await put(tx, accountId, write);
    this.hurry(tx, accountId, write);
    this.bell.ringIn(accountId, 5);
  }

  private hurry(tx: Tx, accountId: number, { origin }: NewWrite) {
    if (origin === "gate" || origin === "rep") this.tenancy.afterCommit(tx, () => this.hurried.add(accountId));
  }

  async step(turn: Turn): Promise<boolean> {
    const { accountId, load } = turn;
    const isFree = (lane: Lane) => !load.flushing.has(lane);
    if (!isFree("ordinary") && !(isFree("urgent") && this.hurried.has(accountId))) return false;
    const account = await this.accounts.get(accountId);
    // Without the ids of our fields there is nothing to write into; provisioning is under way.
    const isReady = account.status === "active" && provisioned.parse(account.provisioned).completedAt !== null;
    if (!isReady) return false;
    // Before looking: what is put down from now on may not be seen.
    this.hurried.delete(accountId);
    const waiting = await this.tenancy.run(accountId, (tx) => due(tx));
    const wanted = lanes.filter((lane) => waiting[lane].targets.size > 0);
    if (wanted.includes("urgent") && !isFree("urgent")) this.hurried.add(accountId);
    const going = wanted.filter(isFree);
    for (const lane of going) {
      if (lane === "ordinary" && willFill(turn, waiting[lane])) await sleep(50);
      else void this.send(turn, lane, waiting[lane]);
    }
    return going.length > 0;
  }

  /** Outlives the turn like rows do: while it waits for Kommo's limit, the worker is free for other accounts. */
  private async send(turn: Turn, lane: Lane, waiting: Waiting) {
    turn.load.flushing.add(lane);
    try {
      const wanted = this.flushers.filter(({ targets }) => targets.some((target) => waiting.targets.has(target)));
      await Promise.all(wanted.map((flusher) => flusher.flush(turn, lane)));
    } catch (error) {
      this.log.warn(`Writes of account ${turn.accountId} wait until their lease runs out: ${(error as Error).message}`);
    } finally {
      turn.load.flushing.delete(lane);
      if (turn.over) this.bell.ring(turn.accountId);
      else turn.pulse.beat();
    }
  }
}

/** More leads are being decided, and there is room for them in the batch. */
function willFill({ load }: Turn, { targets, oldestMs }: Waiting): boolean {
  const leads = targets.get("lead") ?? 0;
  const areLeadsAlone = targets.size === 1 && leads > 0;
  return areLeadsAlone && load.running > 0 && leads < WRITE_AT_MOST && oldestMs < LINGER_MS;
}
