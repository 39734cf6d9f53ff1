import type { Clock } from "../../clock.ts";
import type { Reporter } from "../hooks/reporter.ts";
import type { StoredEvent } from "../state/events.ts";
import type { Campaign } from "../state/mailings.ts";
import type { Message, Parent } from "../state/messages.ts";
import type { Person } from "../state/person.ts";
import { newUlid } from "../state/ulid.ts";
import type { Workspace } from "../state/workspace.ts";
import type { Switches } from "../switches.ts";

/** Older events are kept, but start nothing. */
const STARTS_WITHIN_S = 72 * 3600;
const MACHINE_OPENS_AFTER_MS = 2_000;

interface Mail {
  subject: string;
  parent: Parent;
  /** Of the person, unless an event names another one. */
  recipient?: string;
  startedBy?: StoredEvent;
}

/** Sends mails, and runs the campaigns that events start. */
export class Mailer {
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #switches: Switches;

  constructor(options: { clock: Clock; reporter: Reporter; switches: Switches }) {
    this.#clock = options.clock;
    this.#reporter = options.reporter;
    this.#switches = options.switches;
  }

  send(workspace: Workspace, person: Person, mail: Mail): Message {
    const at = this.#clock.seconds();
    const message = workspace.messages.create(person, { recipient: person.address ?? "", ...mail, created: at });
    for (const metric of ["sent", "delivered"] as const) this.#reporter.email(workspace, message, metric, at);
    return message;
  }

  /** The mail of a campaign, as if this event had started it. */
  sendOf(workspace: Workspace, person: Person, campaign: Campaign, event?: StoredEvent, subject = campaign.subject) {
    const recipient = event?.attributes.recipient;
    return this.send(workspace, person, {
      subject,
      parent: this.#journeyOf(campaign, event),
      ...(typeof recipient === "string" && { recipient }),
      ...(event && { startedBy: event }),
    });
  }

  /** @returns how many it goes to */
  newsletter(workspace: Workspace, news: { subject: string; newsletter_id: number; over_seconds: number }): number {
    const { subject, newsletter_id, over_seconds } = news;
    const readers = workspace.people.all().filter(({ address, unsubscribed }) => address && !unsubscribed);
    const eachMs = (over_seconds * 1000) / Math.max(1, readers.length);
    readers.forEach((person, place) => {
      const write = () =>
        this.#openByMachine(
          workspace,
          this.send(workspace, person, { subject, parent: { newsletter_id } }),
          over_seconds,
        );
      if (over_seconds === 0) write();
      else this.#clock.after(place * eachMs, write);
    });
    return readers.length;
  }

  /** Nobody is written to who has no address or wants no mail. */
  eventReceived(workspace: Workspace, event: StoredEvent): void {
    const { person, name, timestamp } = event;
    if (!person?.address || person.unsubscribed) return;
    if (this.#clock.seconds() - timestamp > STARTS_WITHIN_S) return;
    for (const campaign of workspace.mailings.startedBy(name)) this.sendOf(workspace, person, campaign, event);
  }

  #openByMachine(workspace: Workspace, message: Message, over_seconds: number): void {
    const open = () => {
      const machine = { prefetched: true, proxied: true };
      this.#reporter.email(workspace, message, "opened", this.#clock.seconds(), machine);
    };
    if (over_seconds === 0) open();
    else this.#clock.after(MACHINE_OPENS_AFTER_MS, open);
  }

  #journeyOf({ id: campaign_id, actionId: action_id }: Campaign, event: StoredEvent | undefined): Parent {
    const { triggerEventId } = this.#switches;
    const trigger = triggerEventId === "sent-id" ? (event?.id ?? event?.ownId) : event?.ownId;
    return {
      ...{ campaign_id, action_id, journey_id: newUlid(this.#clock.now()) },
      ...(trigger && triggerEventId !== "none" && { trigger_event_id: trigger }),
    };
  }
}
