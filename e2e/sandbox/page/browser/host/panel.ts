import { remember, remembered } from "../http.ts";
import { el, icon } from "../ui/dom.ts";
import { ICONS } from "../ui/icons.ts";

const OVERLAY_UP_TO = 1230;
const MAXIMISED_FROM = 1500;
const COOKIE = "sandbox_widgets_leads";

/** The right panel of a card: 65 pixels closed, 265 open, over the page where there is no room beside it. */
export class Panel {
  readonly element: HTMLElement;
  readonly #overlay = el("div", { id: "card_widgets_overlay", onclick: () => this.close() });
  readonly #resized = () => this.#fit();

  constructor() {
    const toggle = el(
      "button",
      {
        class: "card-widgets__toggle",
        type: "button",
        title: "Integrations",
        attributes: { "aria-label": "Show or hide integrations" },
        onclick: () => (this.#isOpen ? this.close() : this.open()),
      },
      icon(ICONS.widgets),
    );
    this.element = el(
      "div",
      { id: "widgets_block", class: "card-widgets" },
      el("div", { class: "card-widgets__top" }, el("span", { class: "card-widgets__title" }, "Integrations"), toggle),
      el(
        "div",
        { id: "nano-card-widgets", class: "js-card-widgets-on" },
        el("div", { class: "card-widgets__elements" }),
      ),
    );
    $(this.element).on("click", ".js-widget-caption-block", (event) =>
      this.#captionClicked(event.currentTarget as HTMLElement),
    );
    window.addEventListener("resize", this.#resized);
  }

  attach(parent: HTMLElement): void {
    parent.append(this.element, this.#overlay);
    this.#fit();
    if (!this.#isOverlaid && remembered(COOKIE) !== "closed") this.#show();
  }

  detach(): void {
    window.removeEventListener("resize", this.#resized);
    document.documentElement.classList.remove("h-widgets-maximized");
    // Not by the element itself: jQuery would remember its handlers for ever.
    $(this.element).remove();
    this.#overlay.remove();
  }

  /** A widget has put its box in: in an open panel one of them is always unfolded. */
  boxAdded(): void {
    if (this.#isOpen && !this.element.querySelector(".card-widgets__widget_open")) this.#unfold(this.#boxes[0]);
  }

  open(box: Element | undefined = this.#boxes[0]): void {
    void remember(COOKIE, "open");
    this.#show();
    this.#unfold(box);
  }

  close(): void {
    if (document.documentElement.classList.contains("h-widgets-maximized")) return;
    void remember(COOKIE, "closed");
    this.element.classList.remove("js-widgets-active");
    this.#overlay.classList.remove("is-shown");
  }

  get #isOpen(): boolean {
    return this.element.classList.contains("js-widgets-active");
  }

  get #isOverlaid(): boolean {
    return window.innerWidth <= OVERLAY_UP_TO;
  }

  get #boxes(): Element[] {
    return [...this.element.querySelectorAll(".card-widgets__widget")];
  }

  #captionClicked(caption: HTMLElement): void {
    const box = caption.closest(".card-widgets__widget") ?? undefined;
    if (!this.#isOpen) this.open(box);
    else if (box?.classList.contains("card-widgets__widget_open")) box.classList.remove("card-widgets__widget_open");
    else this.#unfold(box);
  }

  #show(): void {
    this.element.classList.add("js-widgets-active");
    this.#overlay.classList.toggle("is-shown", this.#isOverlaid);
  }

  #unfold(box: Element | undefined): void {
    box?.classList.add("card-widgets__widget_open");
  }

  #fit(): void {
    const isMaximised = window.innerWidth >= MAXIMISED_FROM;
    document.documentElement.classList.toggle("h-widgets-maximized", isMaximised);
    if (isMaximised) this.#show();
    else if (this.#isOverlaid && !this.#overlay.classList.contains("is-shown"))
      this.element.classList.remove("js-widgets-active");
    this.#overlay.classList.toggle("is-shown", this.#isOpen && this.#isOverlaid);
  }
}
