import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { ReportingWebhook, Signing } from "../hooks/reporting-webhook.ts";
import type { Switches } from "../switches.ts";
import { Activities } from "./activities.ts";
import { Events, type StoredEvent } from "./events.ts";
import { Mailings } from "./mailings.ts";
import { Messages } from "./messages.ts";
import { Objects } from "./objects.ts";
import { People } from "./people.ts";
import type { Person } from "./person.ts";

export type Region = "us" | "eu";

export interface WorkspaceOptions {
  name: string;
  region: Region;
  /** What identifies people here. Without `id-and-email`, the other one is an ordinary attribute. */
  identifiedBy: "id" | "email" | "id-and-email";
  /** "Allow updates to email using ID" in the workspace's settings. */
  emailChangesById: boolean;
  /** Workspaces made after 2021-09-24 merge two halves of a person by themselves. */
  mergesHalves: boolean;
}

/** What a workspace needs of the world around it. */
export interface Surroundings {
  clock: Clock;
  switches: Switches;
  /** A person's global subscription changed; `by` is the channel that caused it. */
  subscriptionChanged(workspace: Workspace, person: Person, by: "customer" | "email"): void;
  /** Somebody wants or no longer wants what is about certain topics. */
  topicsChanged(workspace: Workspace, person: Person, topics: Record<string, unknown>): void;
  /** An event is known to be this person's. */
  eventReceived(workspace: Workspace, event: StoredEvent): void;
}

export class Workspace {
  /** `environment_id` of the API. */
  readonly id: number;
  readonly options: WorkspaceOptions;
  readonly siteId = randomBytes(10).toString("hex");
  readonly trackKeys = new Set([randomBytes(10).toString("hex")]);
  readonly appKeys = new Set([randomBytes(16).toString("hex")]);
  readonly people = new People();
  readonly objects = new Objects();
  readonly events = new Events();
  readonly messages = new Messages();
  readonly mailings = new Mailings();
  readonly webhooks = new Map<number, ReportingWebhook>();
  /** Of reporting webhooks; not the one that signs what campaigns send. */
  readonly signingKey = randomBytes(32).toString("hex");
  signing: Signing = "right";
  readonly activities = new Activities();
  readonly surroundings: Surroundings;

  constructor(id: number, options: WorkspaceOptions, surroundings: Surroundings) {
    this.id = id;
    this.options = options;
    this.surroundings = surroundings;
  }

  get now(): number {
    return this.surroundings.clock.now();
  }

  identifiesBy(kind: string): boolean {
    if (kind === "cio_id" || kind === "phone") return true;
    return this.options.identifiedBy.split("-and-").includes(kind);
  }

  /** Runs what was accepted when its time has come. */
  later(run: () => void): void {
    const { applyDelayMs } = this.surroundings.switches;
    if (applyDelayMs > 0) this.surroundings.clock.after(applyDelayMs, run);
    else run();
  }

  failedChange(why: string, cioId: string | null): void {
    this.activities.add("failed_attribute_change", this.now, cioId, { reason: why });
  }

  topicsChanged(person: Person, topics: Record<string, unknown>): void {
    this.surroundings.topicsChanged(this, person, topics);
  }

  eventReceived(event: StoredEvent): void {
    this.surroundings.eventReceived(this, event);
  }

  subscriptionChanged(person: Person, by: "customer" | "email"): void {
    this.surroundings.subscriptionChanged(this, person, by);
  }
}
