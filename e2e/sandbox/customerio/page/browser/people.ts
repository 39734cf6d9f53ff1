import { el } from "../../../page/browser/ui/dom.ts";
import type { Overview, PersonRow } from "../wire.ts";
import { place } from "./place.ts";
import { Rows } from "./rows.ts";

/** Who is in the workspace, the newest first, with a line to look somebody up. */
export class People {
  readonly element: HTMLElement;
  readonly #list = el("ol", { class: "cio-people__list" });
  readonly #count = el("p", { class: "cio-none", attributes: { role: "status" } });
  readonly #look: HTMLInputElement;
  readonly #rows = new Rows<PersonRow>(this.#list, ({ cio_id }) => cio_id, personLink);

  constructor(look: () => void) {
    this.#look = el("input", {
      type: "search",
      class: "text-input",
      placeholder: "Address or id",
      oninput: look,
      attributes: { "aria-label": "Look for a person" },
    });
    this.element = el(
      "nav",
      { class: "cio-people", attributes: { "aria-label": "People" } },
      el("h2", {}, "People"),
      this.#look,
      this.#count,
      this.#list,
    );
  }

  get wanted(): string {
    return this.#look.value;
  }

  show(overview: Overview): void {
    this.#rows.show(overview.people);
    const told = countOf(overview);
    // Said once, not each second anew.
    if (this.#count.textContent !== told) this.#count.textContent = told;
  }
}

function countOf({ people, found, total }: Overview): string {
  if (total === 0) return "Nobody yet: people appear when they are identified.";
  if (people.length === found) return `${found} of ${total}`;
  return `The newest ${people.length} of ${found}. To find the others, type a part of an address or id above.`;
}

function personLink({ cio_id }: PersonRow) {
  const name = el("b", {});
  const about = el("span", {});
  const link = el("a", { href: `#${cio_id}` }, name, about);
  return {
    element: el("li", {}, link),
    show({ label, unsubscribed, mails, events }: PersonRow) {
      name.textContent = label;
      about.textContent = [counted(events, "event"), counted(mails, "mail"), unsubscribed && "unsubscribed"]
        .filter(Boolean)
        .join(", ");
      if (place.person === cio_id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    },
  };
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
