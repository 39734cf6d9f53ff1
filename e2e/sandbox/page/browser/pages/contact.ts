import type { ContactPage as Shown } from "../../wire.ts";
import type { Page } from "../host/page.ts";
import type { Navigate } from "../host/router.ts";
import { going } from "../host/shell.ts";
import { load } from "../http.ts";
import { el } from "../ui/dom.ts";

/** Somebody's card, to look at: what stands in his fields, and in which deals he is. */
export class ContactPage implements Page {
  readonly area = "ccard";
  readonly entity = "contacts";
  readonly isCard = false;
  title = "Contact";
  readonly #id: number;
  readonly #navigate: Navigate;
  readonly #body = el("div", { class: "list__body" });
  #shown: Shown | undefined;

  constructor(id: number, navigate: Navigate) {
    this.#id = id;
    this.#navigate = navigate;
  }

  async load(): Promise<void> {
    this.#shown = await load<Shown>(`/ajax/page/contact/${this.#id}`).catch(() => undefined);
    this.title = this.#shown?.name ?? "Contact";
  }

  build(parent: HTMLElement): void {
    const head = el("header", { class: "page-head" }, el("h1", {}, this.title));
    parent.append(el("div", { id: "work_area" }, el("div", { id: "list_page_holder" }, head, this.#body)));
    this.#draw();
  }

  async refresh(): Promise<void> {
    await this.load();
    this.#draw();
  }

  destroy(): void {}
  boxAdded(): void {}

  #draw(): void {
    this.#body.replaceChildren(...(this.#shown ? this.#rows(this.#shown) : ["There is nobody here."]));
  }

  #rows(shown: Shown): HTMLElement[] {
    const fields = shown.fields.map(({ name, value }) => el("p", {}, el("b", {}, `${name}: `), value));
    const leads = shown.leads.map(({ id, name }) => {
      const href = `/leads/detail/${id}`;
      return el("p", {}, el("a", { href, onclick: going(this.#navigate, href) }, name || `Lead #${id}`));
    });
    return [...fields, el("h2", {}, "Deals"), ...leads];
  }
}
