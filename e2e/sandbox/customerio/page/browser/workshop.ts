import { el } from "../../../page/browser/ui/dom.ts";
import type { CampaignRow, Overview, WebhookRow } from "../wire.ts";
import { act, actForAll } from "./act.ts";
import { attributeList } from "./attributes.ts";
import { button } from "./button.ts";
import { Rows } from "./rows.ts";

/** What writes to people by itself, whom their reading is reported to, and the keys with which one connects. */
export class Workshop {
  readonly element: HTMLElement;
  readonly #campaigns = el("ul", {});
  readonly #webhooks = el("ul", {});
  readonly #keys = el("div", {});
  #keysSeen = "";
  readonly #campaignRows = new Rows<CampaignRow>(this.#campaigns, ({ id }) => String(id), campaignRow);
  readonly #webhookRows = new Rows<WebhookRow>(this.#webhooks, ({ id }) => String(id), webhookRow);

  constructor() {
    this.element = el(
      "details",
      { class: "cio-workshop" },
      el("summary", {}, "Campaigns, webhooks and keys"),
      el(
        "section",
        { attributes: { "aria-label": "Campaigns" } },
        el("h2", {}, "Campaigns"),
        this.#campaigns,
        newCampaign(),
      ),
      el(
        "section",
        { attributes: { "aria-label": "Reporting webhooks" } },
        el("h2", {}, "Reporting webhooks"),
        this.#webhooks,
        button("Let an hour pass", () => actForAll("clock/advance", { seconds: 3600 }), {
          title: "Webhooks that were refused are tried again after an hour",
        }),
      ),
      el(
        "section",
        { class: "cio-keys", attributes: { "aria-label": "Keys" } },
        el("h2", {}, "Keys"),
        el("p", { class: "cio-none" }, "What a program is given that is to be connected with this workspace."),
        this.#keys,
      ),
    );
  }

  show({ campaigns, webhooks, keys }: Overview): void {
    this.#campaignRows.show(campaigns);
    this.#webhookRows.show(webhooks);
    const seen = JSON.stringify(keys);
    // What is about to be copied stays selected.
    if (seen === this.#keysSeen) return;
    this.#keysSeen = seen;
    this.#keys.replaceChildren(attributeList(keys));
  }
}

function newCampaign(): HTMLElement {
  const field = (label: string) =>
    el("input", { type: "text", class: "text-input", attributes: { "aria-label": label, placeholder: label } });
  const [name, event, subject] = [field("Name"), field("Event that starts it"), field("Subject")];
  const define = () =>
    act("campaigns/define", { name: name.value, event_name: event.value || null, subject: subject.value });
  return el("div", { class: "cio-new" }, name, event, subject, button("Add", define));
}

function campaignRow({ name, event_name, subject }: CampaignRow) {
  const starts = event_name === null ? "started by hand" : `on ${event_name}`;
  return { element: el("li", {}, el("b", {}, name), ` ${starts}: “${subject}”`), show: () => {} };
}

function webhookRow({ name, endpoint }: WebhookRow) {
  const about = el("span", {});
  return {
    element: el("li", {}, el("b", {}, name), ` ${new URL(endpoint).origin} `, about),
    show({ waiting, last, isDisabled }: WebhookRow) {
      const answered = last === null ? "nothing sent yet" : `last answered ${last === 0 ? "by nobody" : last}`;
      about.textContent = isDisabled ? "switched off" : `${answered}, ${waiting} waiting`;
    },
  };
}
