import type { WidgetItem } from "../../wire.ts";
import type { Page } from "../host/page.ts";
import type { Router } from "../host/router.ts";
import { post } from "../http.ts";
import { el } from "../ui/dom.ts";
import { openSettings } from "../widgets/settings-modal.ts";

/** The integrations of the account as tiles. */
export class SettingsPage implements Page {
  readonly area = "widgetsSettings";
  readonly entity = "";
  readonly isCard = false;
  readonly title = "Integrations";
  readonly #router: () => Router;
  readonly #tiles = el("div", { class: "integrations" });
  #items: WidgetItem[] = [];

  constructor(router: () => Router) {
    this.#router = router;
  }

  async load(): Promise<void> {
    this.#items = await post<WidgetItem[]>("/ajax/widgets/list", { area: this.area });
  }

  build(parent: HTMLElement): void {
    parent.append(
      el(
        "div",
        { id: "work_area", class: "settings" },
        el("header", { class: "page-head" }, el("h1", {}, "Integrations")),
        this.#tiles,
      ),
    );
    this.#draw();
  }

  async refresh(): Promise<void> {
    await this.load();
    this.#draw();
  }

  destroy(): void {}
  boxAdded(): void {}

  #draw(): void {
    if (this.#items.length === 0)
      this.#tiles.replaceChildren(el("p", {}, "No archive of an integration has been uploaded yet."));
    else this.#tiles.replaceChildren(...this.#items.map((item) => this.#tile(item)));
  }

  #tile(item: WidgetItem): HTMLElement {
    return el(
      "button",
      { type: "button", class: "integration", data: { code: item.code }, onclick: () => void this.#open(item) },
      el("img", { src: `${item.images_path}/logo_main.png`, alt: "" }),
      el("b", {}, item.name),
      el("span", {}, item.short_description),
      el(
        "span",
        { class: `integration__state${item.active === "Y" ? " is-on" : ""}` },
        item.active === "Y" ? "Installed" : "Install",
      ),
    );
  }

  async #open(item: WidgetItem): Promise<void> {
    const { manager, navigate } = this.#router();
    if (manager) await openSettings(item, manager, { navigate, changed: () => this.refresh() });
  }
}
