import type { BoardPage, StageAction, StageRow, WidgetItem } from "../../wire.ts";
import type { Page } from "../host/page.ts";
import type { Router } from "../host/router.ts";
import { load, post } from "../http.ts";
import { el } from "../ui/dom.ts";
import { openAction } from "../widgets/action-form.ts";

/** The Digital Pipeline: what widgets do by themselves when a deal enters a stage. */
export class PipelineSettings implements Page {
  readonly area = "digital_pipeline";
  readonly entity = "";
  readonly isCard = false;
  readonly title = "Digital Pipeline";
  readonly #pipelineId: number;
  readonly #router: () => Router;
  readonly #columns = el("div", { class: "board__columns" });
  #shown: BoardPage = { pipeline: { id: 0, name: "", stages: [] }, leads: [] };
  #items: WidgetItem[] = [];
  #actions: StageAction[] = [];

  constructor(pipelineId: number, router: () => Router) {
    this.#pipelineId = pipelineId;
    this.#router = router;
  }

  async load(): Promise<void> {
    [this.#shown, this.#items, this.#actions] = await Promise.all([
      load<BoardPage>(`/ajax/page/board/${this.#pipelineId}`),
      post<WidgetItem[]>("/ajax/widgets/list", { area: this.area }),
      load<StageAction[]>(`/ajax/digital_pipeline/${this.#pipelineId}`),
    ]);
  }

  build(parent: HTMLElement): void {
    const title = `${this.#shown.pipeline.name}: what happens by itself`;
    const head = el("header", { class: "page-head" }, el("h1", {}, title));
    parent.append(el("div", { id: "work_area", class: "board" }, head, this.#columns));
    this.#draw();
  }

  async refresh(): Promise<void> {
    await this.load();
    this.#draw();
  }

  destroy(): void {}
  boxAdded(): void {}

  #draw(): void {
    this.#columns.replaceChildren(...this.#shown.pipeline.stages.map((stage) => this.#column(stage)));
  }

  #column(stage: StageRow): HTMLElement {
    const here = this.#actions.filter(({ status_id }) => status_id === stage.id);
    const active = this.#items.filter((item) => item.active === "Y");
    return el(
      "section",
      { class: "board__column", data: { stage: String(stage.id) } },
      el("header", {}, el("h2", {}, stage.name)),
      el(
        "div",
        { class: "board__cards" },
        ...here.map(({ code, settings }) => {
          const name = this.#items.find((item) => item.code === code)?.name ?? code;
          return el("article", { class: "board-card" }, el("b", {}, name), el("p", {}, settings.action ?? ""));
        }),
        ...active.map((item) =>
          el(
            "button",
            { type: "button", class: "button-input", onclick: () => this.#open(item, stage) },
            `Add ${item.name}`,
          ),
        ),
      ),
    );
  }

  #open(item: WidgetItem, stage: StageRow): void {
    const place = { pipeline_id: this.#shown.pipeline.id, status_id: stage.id };
    const { manager } = this.#router();
    if (manager) void openAction(item, manager, place, () => void this.refresh());
  }
}
