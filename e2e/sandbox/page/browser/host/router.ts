import { Refusal } from "../http.ts";
import { el } from "../ui/dom.ts";
import { WidgetManager } from "../widgets/manager.ts";
import { app } from "./app.ts";
import type { Page } from "./page.ts";

export type Navigate = (path: string) => Promise<void>;

/** Goes from page to page in the order in which Kommo does: boxes out, data, old page out, new page, widgets. */
export class Router {
  readonly #holder: HTMLElement;
  readonly #pageAt: (path: string) => Page;
  #page: Page | undefined;
  #manager: WidgetManager | undefined;
  #visit = 0;
  #path = "";

  constructor(holder: HTMLElement, pageAt: (path: string) => Page) {
    this.#holder = holder;
    this.#pageAt = pageAt;
    window.addEventListener("popstate", () => {
      // What stands behind the # is the page's own affair.
      if (location.pathname !== this.#path) void this.#show(location.pathname);
    });
    $(document).on("widgets:load", () => void this.#loadWidgets());
  }

  readonly navigate: Navigate = (path) => {
    history.pushState(null, "", path);
    return this.#show(path);
  };

  /** Shows the page of the address that the browser has. */
  start(): Promise<void> {
    return this.#show(location.pathname);
  }

  get page(): Page | undefined {
    return this.#page;
  }

  get manager(): WidgetManager | undefined {
    return this.#manager;
  }

  async refresh(): Promise<void> {
    const page = this.#page;
    try {
      await page?.refresh();
    } catch (error) {
      if (page === this.#page) this.#tellFailure(error);
    }
  }

  async #show(path: string): Promise<void> {
    const visit = ++this.#visit;
    this.#path = path;
    const isFirst = this.#page === undefined;
    const next = this.#pageAt(path);
    // Before any widget hears of it.
    $("#widgets_block").find(".card-widgets__widget").remove();
    Object.assign(app.data, {
      is_card: next.isCard,
      entity_changed: next.entity !== app.data.current_entity,
      current_entity: next.entity,
      current_card: false,
    });
    app.area = next.area;
    this.#page?.destroy();
    this.#page = next;
    this.#say("status", "Loading…");
    document.title = `${next.title} - Kommo sandbox`;
    try {
      await next.load();
    } catch (error) {
      if (visit === this.#visit) this.#tellFailure(error);
      return;
    }
    if (visit !== this.#visit) return;
    if (!isFirst) $(document).trigger("page:changed");
    $(this.#holder).empty();
    next.build(this.#holder);
    $(document).trigger("widgets:load");
    if (isFirst) $(document).trigger("page:changed");
  }

  #loadWidgets(): Promise<void> {
    this.#manager?.drop();
    this.#manager = new WidgetManager(() => this.#page?.boxAdded());
    return this.#manager.start();
  }

  #tellFailure(error: unknown): void {
    const isGone = error instanceof Refusal && error.status === 404;
    const text = isGone
      ? "There is nothing here that you may see."
      : `This page could not be loaded: ${(error as Error).message}`;
    app.area = "";
    app.data.is_card = false;
    this.#say("alert", text);
    $(document).trigger("widgets:load");
  }

  /** In place of a page. Emptied by jQuery, which forgets what it kept of the elements. */
  #say(role: "status" | "alert", text: string): void {
    $(this.#holder)
      .empty()
      .append(el("div", { class: "page-loading", attributes: { role } }, text));
  }
}
