import type { WidgetItem } from "../../wire.ts";
import type { Page } from "../host/page.ts";
import type { Navigate } from "../host/router.ts";
import { going } from "../host/shell.ts";
import { post } from "../http.ts";
import { el, icon } from "../ui/dom.ts";
import { ICONS } from "../ui/icons.ts";

/** A widget's own page below the settings: the host gives an empty place and a heading. */
export class AdvancedPage implements Page {
  readonly area: string;
  readonly entity = "";
  readonly isCard = false;
  readonly title = "Integration";
  readonly #code: string;
  readonly #navigate: Navigate;
  #item: WidgetItem | undefined;

  constructor(code: string, navigate: Navigate) {
    this.#code = code;
    this.#navigate = navigate;
    this.area = `advanced-settings:${code}`;
  }

  async load(): Promise<void> {
    const items = await post<WidgetItem[]>("/ajax/widgets/list", { area: this.area });
    this.#item = items.find(({ code }) => code === this.#code);
  }

  build(parent: HTMLElement): void {
    const back = el(
      "a",
      {
        class: "card__back",
        href: "/settings/widgets/",
        title: "Integrations",
        onclick: going(this.#navigate, "/settings/widgets/"),
      },
      icon(ICONS.back),
    );
    back.setAttribute("aria-label", "Back to the integrations");
    const isInstalled = this.#item?.active === "Y";
    parent.append(
      el(
        "div",
        { id: "work_area" },
        el(
          "div",
          { id: "list_page_holder" },
          el("header", { class: "page-head" }, back, el("h1", {}, this.#item?.advancedTitle ?? "Integration")),
          el(
            "div",
            { class: "list__body" },
            el("div", { id: `work-area-${this.#code}` }, isInstalled ? null : "This integration is not installed."),
          ),
        ),
      ),
    );
  }

  async refresh(): Promise<void> {}
  destroy(): void {}
  boxAdded(): void {}
}
