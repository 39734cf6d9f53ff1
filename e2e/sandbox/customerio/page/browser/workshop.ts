import { el } from "../../../page/browser/ui/dom.ts";
import type { CampaignRow, Overview, WebhookRow } from "../wire.ts";
import { act, actForAll } from "./act.ts";
import { button } from "./button.ts";
import { Rows } from "./rows.ts";

/** What writes to people by itself, and whom their reading is reported to. */
export class Workshop {
  readonly element: HTMLElement;
  readonly #campaigns = el("ul", {});
  readonly #webhooks = el("ul", {});
  readonly #campaignRows = new Rows<CampaignRow>(this.#campaigns, ({ id }) => String(id), campaignRow);
  readonly #webhookRows = new Rows<WebhookRow>(this.#webhooks, ({ id }) => String(id), webhookRow);

  constructor() {
    this.element = el(
      "details",
      { class: "cio-workshop" },
      el("summary", {}, "Campaigns and webhooks"),
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
    );
  }

  show({ campaigns, webhooks }: Overview): void {
    this.#campaignRows.show(campaigns);
    this.#webhookRows.show(webhooks);
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
