import { el } from "../ui/dom.ts";

export interface ModalOptions {
  class_name?: string;
  init?: (body: JQuery) => void;
  /** `false` keeps it open. */
  destroy?: () => unknown;
  disable_overlay_click?: boolean;
  disable_escape_keydown?: boolean;
  disable_enter_keydown?: boolean;
  focus_element?: string;
}

const TYPED_IN = "input, textarea, select, button, [contenteditable]";
let count = 0;

/** `lib/components/base/modal`. */
export class Modal {
  readonly options: ModalOptions;
  readonly $modal: JQuery;
  readonly $body: JQuery;
  readonly ns = `.modal${++count}`;

  constructor(options: ModalOptions) {
    this.options = options;
    const body = el("div", { class: "modal-body modal-body-relative" });
    const scroller = el("div", { class: "modal-scroller custom-scroll" }, body);
    const modal = el(
      "div",
      { class: `modal modal-list ${options.class_name ?? ""}`, attributes: { role: "dialog", "aria-modal": "true" } },
      scroller,
    );
    this.$modal = $(modal);
    this.$body = $(body);
    document.body.append(modal);
    document.documentElement.classList.add("has-modal");
    this.$body.on("modal:loaded", () => void modal.classList.add("is-loaded"));
    // Where it stands is a matter of style sheets.
    this.$body.on("modal:centrify", () => {});
    this.$body.on("click", ".js-modal-close", () => void this.close());
    this.$modal.on("click", ({ target }) => {
      if (!options.disable_overlay_click && (target === modal || target === scroller)) this.close();
    });
    $(document).on(`keydown${this.ns}`, (event) => this.#keyPressed(event));
    $(document).on(`page:changed${this.ns}`, () => void this.close(true));
    options.init?.(this.$body);
    if (options.focus_element) this.$body.find(options.focus_element).trigger("focus");
  }

  /** What it is called in Kommo; the same as closing. */
  destroy(): void {
    this.close(true);
  }

  close(isForced = false): void {
    if (!this.$modal[0]?.isConnected) return;
    if (this.options.destroy?.() === false && !isForced) return;
    $(document).off(this.ns);
    this.$modal.remove();
    if (!document.querySelector(".modal")) document.documentElement.classList.remove("has-modal");
  }

  #keyPressed(event: JQuery.TriggeredEvent): void {
    if (this.$modal[0] !== [...document.querySelectorAll(".modal")].at(-1)) return;
    if (event.key === "Escape" && !this.options.disable_escape_keydown) this.close();
    if (event.key !== "Enter" || this.options.disable_enter_keydown) return;
    if ((event.target as Element).matches(TYPED_IN)) return;
    this.$body.find(".js-modal-accept").first().trigger("click");
  }
}
