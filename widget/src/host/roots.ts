import type { ReactNode } from "react";
import { createRoot } from "react-dom/client";
import type { KommoWidget } from "./kommo.ts";
import { readPage } from "./page.ts";

/**
 * The React roots of one widget. Kommo takes containers away before it calls `destroy`, so each root is kept here and
 * never looked up again; ending one twice does nothing.
 */
export class Roots {
  private readonly live = new Map<Element, () => void>();
  private readonly gone = new MutationObserver(() => this.endLost());

  constructor(private readonly widget: KommoWidget) {}

  /** Shows `view` in an element of ours inside of `container`. */
  mount(container: Element, view: ReactNode) {
    this.end(container);
    const place = document.createElement("div");
    place.className = "dealscope-root";
    for (const event of ["click", "keydown", "keyup", "keypress"]) place.addEventListener(event, keepToUs);
    const content = document.createElement("div");
    content.hidden = true;
    place.append(
      this.styles(() => (content.hidden = false)),
      content,
    );
    container.append(place);
    const root = createRoot(content);
    root.render(view);
    if (this.live.size === 0) this.gone.observe(document.body, { childList: true, subtree: true });
    this.live.set(container, () => {
      root.unmount();
      place.remove();
    });
  }

  endAll() {
    for (const container of [...this.live.keys()]) this.end(container);
  }

  private endLost() {
    for (const container of [...this.live.keys()]) if (!container.isConnected) this.end(container);
  }

  private end(container: Element) {
    const end = this.live.get(container);
    this.live.delete(container);
    if (this.live.size === 0) this.gone.disconnect();
    end?.();
  }

  /** Inside of our element, so that it goes with it. Nothing is shown before it is there, or is known to be missing. */
  private styles(ready: () => void): HTMLLinkElement {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `${readPage(this.widget).path}/${STYLES_FILE}`;
    link.onload = ready;
    link.onerror = ready;
    return link;
  }
}

/** Clicks and keys in our forms are none of Kommo's shortcuts and panels. Where a link leads to is Kommo's affair. */
function keepToUs(event: Event) {
  if (event.target instanceof Element && event.target.closest("a[href]")) return;
  event.stopPropagation();
}
