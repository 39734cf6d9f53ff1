import { el, when } from "../../../page/browser/ui/dom.ts";
import type { EventRow, ObjectRow, Overview, PersonPage } from "../wire.ts";
import { attributeList } from "./attributes.ts";
import { Composer } from "./composer.ts";
import { Mails } from "./mails.ts";

/** What is known of a person at the left, his mails at the right. */
export class PersonView {
  readonly cioId: string;
  readonly element: HTMLElement;
  readonly #facts = el("div", { class: "cio-facts" });
  readonly #mails = new Mails();
  readonly #composer: Composer;
  #seen = "";

  constructor(cioId: string) {
    this.cioId = cioId;
    this.#composer = new Composer(cioId);
    this.element = el(
      "div",
      { class: "cio-person" },
      this.#facts,
      el("div", { class: "cio-post" }, this.#composer.element, this.#mails.element),
    );
  }

  show(person: PersonPage, overview: Overview): void {
    this.#composer.showCampaigns(overview);
    this.#composer.showEvents(person.events);
    this.#mails.show(person.mails);
    const { mails: _, ...facts } = person;
    const seen = JSON.stringify(facts);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#facts.replaceChildren(...factsOf(person));
  }
}

function factsOf({ label, unsubscribed, identifiers, attributes, objects, events, failures }: PersonPage) {
  return [
    el("header", {}, el("h1", {}, label), unsubscribed && el("span", { class: "tag" }, "unsubscribed")),
    part("Identifiers", attributeList(identifiers)),
    part("Attributes", attributeList(attributes)),
    part("Objects", ...(objects.length > 0 ? objects.map(objectBox) : [attributeList([])])),
    part("Events received", ...(events.length > 0 ? events.map(eventBox) : [attributeList([])])),
    failures.length > 0 &&
      part("Accepted, but not applied", ...failures.map(({ at, reason }) => el("p", {}, `${when(at)}: ${reason}`))),
  ].filter((one) => one !== false);
}

function part(title: string, ...content: HTMLElement[]): HTMLElement {
  return el("section", { attributes: { "aria-label": title } }, el("h2", {}, title), ...content);
}

function objectBox({ type, id, attributes, relationship }: ObjectRow): HTMLElement {
  return el(
    "article",
    { class: "cio-box" },
    el("h3", {}, `${type}: ${id}`),
    attributeList(attributes),
    el("h4", {}, "Relationship"),
    attributeList(relationship),
  );
}

function eventBox({ id, name, at, attributes }: EventRow): HTMLElement {
  return el(
    "article",
    { class: "cio-box" },
    el("header", {}, el("h3", {}, name), el("time", {}, when(at))),
    attributeList([{ name: "id", value: id ?? "none" }, ...attributes]),
  );
}
