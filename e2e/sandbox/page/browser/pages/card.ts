import type { FieldRow, LeadPage } from "../../wire.ts";
import { act, boot } from "../api.ts";
import { app, type CurrentCard } from "../host/app.ts";
import { CardModel } from "../host/card-model.ts";
import { notifications } from "../host/notifications.ts";
import type { Page } from "../host/page.ts";
import { Panel } from "../host/panel.ts";
import type { Navigate } from "../host/router.ts";
import { going } from "../host/shell.ts";
import { load } from "../http.ts";
import { el, icon } from "../ui/dom.ts";
import { ICONS } from "../ui/icons.ts";
import { Feed } from "./feed.ts";
import { LeadForm } from "./lead-form.ts";

/** A lead: form, feed, and the panel for widgets. */
export class Card implements Page {
  readonly area = "leads_card";
  readonly entity = "leads";
  readonly isCard = true;
  readonly title = "Lead";
  readonly #navigate: Navigate;
  readonly #panel = new Panel();
  readonly #name = el("input", {
    class: "card__name text-input",
    placeholder: "New lead",
    attributes: { "aria-label": "Name" },
  });
  readonly #tags = el("p", { class: "tags card__tags" });
  readonly #stage = el("select", { class: "card__stage host-select", attributes: { "aria-label": "Stage" } });
  readonly #current: CurrentCard;
  readonly #form: LeadForm;
  readonly #feed: Feed;
  #shown: LeadPage | undefined;
  #fields: FieldRow[] = [];

  /** @param id 0 for a lead that is only being made */
  constructor(id: number, navigate: Navigate) {
    this.#navigate = navigate;
    this.#current = { id, model: new CardModel({ id }) };
    this.#form = new LeadForm(this.#current.model, (changes) => this.#save(changes));
    this.#feed = new Feed(() => this.#current.id);
  }

  async load(): Promise<void> {
    if (this.#current.id === 0) this.#fields = await load<FieldRow[]>("/ajax/page/fields");
    else this.#shown = await load<LeadPage>(`/ajax/page/lead/${this.#current.id}`);
  }

  build(parent: HTMLElement): void {
    this.#name.oninput = () => {
      this.#current.model.set("name", this.#name.value);
      this.#form.markNew();
    };
    this.#stage.onchange = () => void this.#move(Number(this.#stage.value));
    const back = el(
      "a",
      {
        class: "card__back",
        href: "/leads/pipeline/",
        title: "Back to the leads",
        onclick: going(this.#navigate, "/leads/pipeline/"),
      },
      icon(ICONS.back),
    );
    back.setAttribute("aria-label", "Back to the leads");
    const side = el(
      "div",
      { class: "card__side" },
      el("div", { class: "card__head" }, back, this.#name),
      this.#tags,
      this.#stage,
      this.#form.element,
    );
    parent.append(el("div", { id: "card_holder", class: "card-holder" }, side, this.#feed.element));
    this.#panel.attach(parent);
    app.data.current_card = this.#current;
    if (this.#current.id === 0) this.#drawNew();
    else this.#draw();
  }

  async refresh(): Promise<void> {
    if (this.#current.id === 0) return;
    await this.load();
    this.#draw();
  }

  destroy(): void {
    this.#panel.detach();
  }

  boxAdded(): void {
    this.#panel.boxAdded();
  }

  #draw(): void {
    const { lead, feed, tasks } = this.#shown!;
    const { model } = this.#current;
    for (const [name, value] of Object.entries(lead)) model.set(name, value);
    if (document.activeElement !== this.#name) this.#name.value = lead.name;
    this.#tags.replaceChildren(
      el("span", { class: "card__number" }, `#${lead.id}`),
      ...lead.tags.map((tag) => el("span", { class: "tag" }, tag)),
    );
    this.#drawStages(lead.pipeline_id, lead.status_id);
    this.#form.show(this.#shown!);
    this.#feed.show(feed, tasks);
  }

  #drawNew(): void {
    const pipeline = boot.pipelines[0]!;
    const lead = {
      id: 0,
      name: "",
      price: 0,
      status_id: 0,
      pipeline_id: pipeline.id,
      responsible_user_id: boot.user.id,
      created_at: 0,
      tags: [],
    };
    this.#drawStages(pipeline.id, pipeline.stages.find(({ type }) => type === 0)?.id ?? 0);
    this.#form.show({
      lead,
      fields: this.#fields.filter((field) => !field.is_api_only).map((field) => ({ ...field, value: "" })),
      contacts: [],
      mayEdit: true,
    });
    this.#form.markNew();
    this.#name.focus();
  }

  #drawStages(pipelineId: number, chosen: number): void {
    const stages = boot.pipelines.find(({ id }) => id === pipelineId)?.stages ?? [];
    const current = stages.find(({ id }) => id === chosen);
    this.#stage.replaceChildren(
      ...stages.map(({ id, name }) => el("option", { value: String(id), selected: id === chosen }, name)),
    );
    this.#stage.style.setProperty("--stage-color", current?.color ?? "transparent");
  }

  async #move(status_id: number): Promise<void> {
    if (this.#current.id !== 0)
      await this.#told("The stage was not changed", () => act("leads/move", { id: this.#current.id, status_id }));
  }

  async #save(changes: Map<string, string>): Promise<void> {
    const fields = Object.fromEntries(
      [...changes].flatMap(([key, value]) =>
        key.startsWith("cf_") ? [[this.#fieldName(key), value === "" ? null : value]] : [],
      ),
    );
    const price = changes.get("price");
    const responsible = changes.get("responsible_user_id");
    const input = {
      ...(this.#name.value.trim() ? { name: this.#name.value.trim() } : {}),
      ...(price === undefined ? {} : { price: Number(price) }),
      ...(responsible === undefined ? {} : { responsible_user_id: Number(responsible) }),
      fields,
    };
    await this.#told("The lead was not saved", async () => {
      if (this.#current.id === 0) await this.#create(input);
      else await act("leads/edit", { id: this.#current.id, ...input });
      this.#form.saved();
      await this.refresh();
    });
  }

  /** The address becomes the lead's, and nobody tells the widgets: they see it in `current_card.id`. */
  async #create(input: object): Promise<void> {
    const { id } = await act<{ id: number }>("leads/create", { ...input, status_id: Number(this.#stage.value) });
    this.#current.id = id;
    this.#current.model.set("id", id);
    history.replaceState(null, "", `/leads/detail/${id}`);
  }

  #fieldName(key: string): string {
    const id = Number(key.slice("cf_".length));
    const field = [...(this.#shown?.fields ?? []), ...this.#fields].find((one) => one.id === id);
    return field?.code ?? field?.name ?? key;
  }

  async #told(failure: string, action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      notifications.show_message_error({ header: failure, text: (error as Error).message });
    }
  }
}
