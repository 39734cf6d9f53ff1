import { el, when } from "../../../page/browser/ui/dom.ts";
import type { CampaignRow, EventRow, Overview } from "../wire.ts";
import { act, actForAll } from "./act.ts";
import { button } from "./button.ts";

type Choice = readonly [value: string, text: string];

const TRIGGER_IDS: readonly Choice[] = [
  ["sent-id", "the id that the event was sent with"],
  ["own-id", "another id"],
  ["none", "nothing"],
];

/** Writes to a person as a campaign would. */
export class Composer {
  readonly element: HTMLElement;
  readonly #campaign = el("select", { class: "host-select" });
  readonly #event = el("select", { class: "host-select" });
  readonly #triggerId: HTMLSelectElement;

  constructor(cioId: string) {
    this.#triggerId = el("select", {
      class: "host-select",
      onchange: () => void actForAll("switches/set", { triggerEventId: this.#triggerId.value }),
    });
    fill(this.#triggerId, TRIGGER_IDS);
    const send = () => {
      const started = this.#event.value === "" ? {} : { event: this.#event.value };
      return act("mail/send", { cio_id: cioId, campaign: Number(this.#campaign.value), ...started });
    };
    this.element = el(
      "section",
      { class: "cio-composer", attributes: { "aria-label": "Send a mail" } },
      el("h2", {}, "Send a mail"),
      el("label", {}, el("span", {}, "Campaign"), this.#campaign),
      el("label", {}, el("span", {}, "Started by"), this.#event),
      el("label", {}, el("span", {}, "trigger_event_id is"), this.#triggerId),
      button("Send", send, { blue: true }),
    );
  }

  showCampaigns({ campaigns, triggerEventId }: Overview): void {
    fill(this.#campaign, campaigns.map(campaignChoice));
    this.#triggerId.value = triggerEventId;
  }

  showEvents(events: EventRow[]): void {
    const choices = events.map(({ own_id, name, at }) => [own_id, `${name}, ${when(at)}`] as const);
    fill(this.#event, [["", "nobody's event"], ...choices]);
  }
}

function campaignChoice({ id, name, event_name }: CampaignRow): Choice {
  return [String(id), event_name === null ? name : `${name} (runs by itself on ${event_name})`];
}

/** Offers these, keeping what was chosen; what is offered already is left alone, as it may be open. */
function fill(select: HTMLSelectElement, choices: readonly Choice[]): void {
  const offered = [...select.options].map(({ value, text }) => `${value} ${text}`);
  if (offered.join("\n") === choices.map(([value, text]) => `${value} ${text}`).join("\n")) return;
  const chosen = select.value;
  select.replaceChildren(...choices.map(([value, text]) => el("option", { value }, text)));
  if (choices.some(([value]) => value === chosen)) select.value = chosen;
}
