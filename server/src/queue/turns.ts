import { InjectQueue } from "@nestjs/bull";
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from "@nestjs/common";
import type { Job, Queue } from "bull";
import { CONFIG, type Config } from "../config.ts";
import { byItself } from "../database/waited-for.ts";
import { turnsEnded } from "../meters.ts";
import { untraced } from "../tracing.ts";
import { Bell, TURNS } from "./bell.ts";
import { type Load, type Stage, Turn } from "./turn.ts";

/** Long enough to be worth the claim, short enough that other accounts do not notice. */
const SLICE_MS = 3_000;

/** Takes the turns that the bell asks for. Which stages a turn has is registered by the folders that own them. */
@Injectable()
export class Turns implements OnApplicationBootstrap {
  private readonly log = new Logger("turns");
  private readonly stages: Stage[] = [];
  private readonly current = new Map<number, Turn>();
  private readonly loads = new Map<number, Load>();
  /** Turns that have ended while Bull still holds their job's id, and whether they were rung for meanwhile. */
  private readonly ending = new Map<number, boolean>();
  private stopping = false;
  private stopped = false;

  constructor(
    @InjectQueue(TURNS) private readonly queue: Queue,
    private readonly bell: Bell,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  register(stage: Stage) {
    if (this.stages.some((s) => s.name === stage.name)) throw new Error(`Two stages are called ${stage.name}.`);
    this.stages.push(stage);
  }

  onApplicationBootstrap() {
    if (this.config.ROLE === "web") return;
    this.bell.onRing((accountId) => this.hear(accountId));
    // Only when a turn is completed is its job id free: what Bull ignored meanwhile is rung again here.
    this.queue.on("completed", (job: Job, wantsMore: boolean) => {
      const accountId = Number(job.id);
      const wasRung = this.ending.get(accountId);
      this.ending.delete(accountId);
      if (wantsMore || wasRung) this.bell.ring(accountId);
    });
    void this.queue
      .process(this.config.TURNS_AT_ONCE, (job: Job) => this.take(Number(job.id)))
      .catch((error: Error) => {
        this.stopped = true;
        this.log.error(`No turns are taken any more: ${error.message}`);
      });
  }

  private hear(accountId: number): boolean {
    if (this.ending.has(accountId)) this.ending.set(accountId, true);
    const turn = this.current.get(accountId);
    turn?.ring();
    return turn !== undefined;
  }

  /** How many accounts have their turn in this process. */
  get running(): number {
    return this.current.size;
  }

  /** Whether it was asked to end. */
  get isStopping(): boolean {
    return this.stopping;
  }

  /** Whether it takes no turns although nobody has asked it to end. */
  get hasStopped(): boolean {
    return this.stopped && !this.stopping;
  }

  /** Takes no more turns, and waits until what runs has an outcome. */
  async drain() {
    this.stopping = true;
    // Bells go to other workers from now on.
    await this.queue.pause(true, true).catch(() => {});
    for (const turn of this.current.values()) turn.end();
    while (this.current.size > 0 || [...this.loads.values()].some(isBusy))
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Resolves to whether the account wants another turn. */
  private async take(accountId: number): Promise<boolean> {
    if (this.stopping || this.current.has(accountId)) return false;
    const load = this.loads.get(accountId) ?? { running: 0, flushing: new Set() };
    this.loads.set(accountId, load);
    const turn = new Turn(accountId, load, this.stages, SLICE_MS);
    this.current.set(accountId, turn);
    try {
      // A turn may have been rung for by somebody who waits; it is not what he waits for.
      await untraced(() => byItself(() => turn.run()));
      turnsEnded.inc({ outcome: "done" });
      return turn.wantsMore;
    } catch (error) {
      // Each stage answers for its own failures; what reaches here is a store being away. The sweep comes back.
      turnsEnded.inc({ outcome: "failed" });
      this.log.warn(`The turn of account ${accountId} ended early: ${(error as Error).message}`);
      return false;
    } finally {
      this.current.delete(accountId);
      this.ending.set(accountId, false);
      if (!isBusy(load)) this.loads.delete(accountId);
    }
  }
}

function isBusy({ running, flushing }: Load): boolean {
  return running > 0 || flushing.size > 0;
}
