import type { BoardLead, BoardPage, StageRow } from "../../wire.ts";
import { act, boot } from "../api.ts";
import { notifications } from "../host/notifications.ts";
import type { Page } from "../host/page.ts";
import type { Navigate } from "../host/router.ts";
import { going } from "../host/shell.ts";
import { load } from "../http.ts";
import { el, icon, money, when } from "../ui/dom.ts";
import { ICONS } from "../ui/icons.ts";

/** The stages of a pipeline as columns; deals are dragged from one to another. */
export class Board implements Page {
  readonly area = "leads-pipeline";
  readonly entity = "leads";
  readonly isCard = false;
  readonly title = "Leads";
  readonly #pipelineId: number;
  readonly #navigate: Navigate;
  readonly #columns = el("div", { class: "board__columns" });
  #shown: BoardPage = { pipeline: { id: 0, name: "", stages: [] }, leads: [] };
  #dragged: number | undefined;

  constructor(pipelineId: number, navigate: Navigate) {
    this.#pipelineId = pipelineId;
    this.#navigate = navigate;
  }

  async load(): Promise<void> {
    this.#shown = await load<BoardPage>(`/ajax/page/board/${this.#pipelineId}`);
  }

  build(parent: HTMLElement): void {
    const add = el(
      "a",
      { class: "button-input button-input_blue", href: "/leads/add/", onclick: going(this.#navigate, "/leads/add/") },
      icon(ICONS.plus),
      "New lead",
    );
    parent.append(
      el(
        "div",
        { id: "work_area", class: "board" },
        el("header", { class: "page-head" }, el("h1", {}, this.#pipelineTabs()), this.#automate(), add),
        this.#columns,
      ),
    );
    this.#draw();
  }

  async refresh(): Promise<void> {
    const before = JSON.stringify(this.#shown);
    await this.load();
    // What is held in the hand must not be taken away.
    if (this.#dragged === undefined && JSON.stringify(this.#shown) !== before) this.#draw();
  }

  destroy(): void {}
  boxAdded(): void {}

  #pipelineTabs(): HTMLElement {
    const { pipeline } = this.#shown;
    if (boot.pipelines.length === 1) return el("span", {}, pipeline.name);
    const options = boot.pipelines.map(({ id, name }) =>
      el("option", { value: String(id), selected: id === pipeline.id }, name),
    );
    const select = el(
      "select",
      { class: "host-select", onchange: () => void this.#navigate(`/leads/pipeline/${select.value}`) },
      ...options,
    );
    select.setAttribute("aria-label", "Pipeline");
    return select;
  }

  #automate(): HTMLElement {
    const address = `/settings/pipeline/leads/${this.#shown.pipeline.id}`;
    return el("a", { class: "button-input", href: address, onclick: going(this.#navigate, address) }, "Automate");
  }

  #draw(): void {
    this.#columns.replaceChildren(...this.#shown.pipeline.stages.map((stage) => this.#column(stage)));
  }

  #column(stage: StageRow): HTMLElement {
    const leads = this.#shown.leads.filter(({ status_id }) => status_id === stage.id);
    const sum = leads.reduce((total, { price }) => total + price, 0);
    const column = el(
      "section",
      {
        class: "board__column",
        data: { stage: String(stage.id) },
        ondragover: (event: DragEvent) => event.preventDefault(),
        ondragenter: () => column.classList.add("is-aimed-at"),
        ondragleave: (event: DragEvent) => {
          if (!column.contains(event.relatedTarget as Node | null)) column.classList.remove("is-aimed-at");
        },
        ondrop: () => void this.#drop(stage),
      },
      el(
        "header",
        {},
        el("h2", {}, stage.name),
        el("p", {}, `${leads.length} ${leads.length === 1 ? "lead" : "leads"}: ${money(sum, boot.account.currency)}`),
      ),
      el("div", { class: "board__cards" }, ...leads.map((lead) => this.#card(lead))),
    );
    column.style.setProperty("--stage-color", stage.color);
    return column;
  }

  #card(lead: BoardLead): HTMLElement {
    const address = `/leads/detail/${lead.id}`;
    return el(
      "article",
      {
        class: "board-card",
        draggable: true,
        data: { lead: String(lead.id) },
        ondragstart: (event: DragEvent) => {
          this.#dragged = lead.id;
          event.dataTransfer?.setData("text/plain", String(lead.id));
        },
        ondragend: () => this.#letGo(),
      },
      el(
        "p",
        { class: "board-card__top" },
        el("span", {}, lead.contact || lead.responsible),
        el("time", {}, when(lead.created_at)),
      ),
      el(
        "a",
        { class: "board-card__name", href: address, draggable: false, onclick: going(this.#navigate, address) },
        lead.name,
      ),
      lead.price > 0 && el("p", { class: "board-card__price" }, money(lead.price, boot.account.currency)),
      lead.tags.length > 0 && el("p", { class: "tags" }, ...lead.tags.map((tag) => el("span", { class: "tag" }, tag))),
      el(
        "p",
        { class: `board-card__task${lead.task_at === null ? " is-none" : ""}` },
        lead.task_at === null ? "No tasks" : `Task ${when(lead.task_at)}`,
      ),
    );
  }

  async #drop(stage: StageRow): Promise<void> {
    const id = this.#dragged;
    const lead = this.#shown.leads.find((one) => one.id === id);
    if (!lead || lead.status_id === stage.id) return this.#letGo();
    lead.status_id = stage.id;
    this.#letGo();
    try {
      await act("leads/move", { id: lead.id, status_id: stage.id, pipeline_id: this.#shown.pipeline.id });
    } catch (error) {
      notifications.show_message_error({ header: "The deal was not moved", text: (error as Error).message });
      await this.refresh();
    }
  }

  #letGo(): void {
    this.#dragged = undefined;
    this.#draw();
  }
}
