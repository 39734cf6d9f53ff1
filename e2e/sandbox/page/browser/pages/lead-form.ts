import type { FieldRow, LeadPage } from "../../wire.ts";
import { boot } from "../api.ts";
import type { CardModel } from "../host/card-model.ts";
import { el } from "../ui/dom.ts";

type Value = FieldRow & { value: string };

/** The left side of a card. What is typed goes into the model at once, and into Kommo when it is saved. */
export class LeadForm {
  readonly element = el("form", { class: "lead-form", attributes: { autocomplete: "off" } });
  readonly #model: CardModel;
  readonly #changed = new Map<string, string>();
  readonly #rows = el("div", { class: "lead-form__rows" });
  readonly #bar: HTMLElement;

  constructor(model: CardModel, save: (changes: Map<string, string>) => Promise<void>) {
    this.#model = model;
    const submit = el("button", { type: "submit", class: "button-input button-input_blue" }, "Save");
    this.#bar = el(
      "div",
      { class: "lead-form__bar" },
      submit,
      el("button", { type: "reset", class: "button-input" }, "Cancel"),
    );
    this.element.append(this.#rows, this.#bar);
    this.element.onsubmit = async (event) => {
      event.preventDefault();
      await save(new Map(this.#changed));
    };
    this.element.onreset = () => this.#forget();
  }

  /** Values from Kommo; what somebody is typing stays. */
  show({ lead, fields, contacts, mayEdit }: Pick<LeadPage, "lead" | "fields" | "contacts" | "mayEdit">): void {
    if (this.#changed.size > 0) return;
    const people = boot.users.map(({ id, name }) => [String(id), name] as const);
    this.#rows.replaceChildren(
      row("Responsible", this.#select("responsible_user_id", String(lead.responsible_user_id), people)),
      row("Sale", this.#input("price", lead.price ? String(lead.price) : "", "number")),
      ...fields.map((field) => this.#fieldRow(field)),
      ...contacts.map(({ name, phone, email }) =>
        el(
          "div",
          { class: "lead-form__contact" },
          el("b", {}, name),
          phone && el("span", {}, phone),
          email && el("span", {}, email),
        ),
      ),
    );
    for (const control of this.element.querySelectorAll<HTMLInputElement>("input, select, textarea"))
      control.disabled = !mayEdit;
  }

  saved(): void {
    this.#forget();
  }

  markNew(): void {
    this.#bar.classList.add("is-shown");
  }

  #forget(): void {
    this.#changed.clear();
    this.#bar.classList.remove("is-shown");
  }

  #fieldRow(field: Value): HTMLElement {
    const key = `cf_${field.id}`;
    if (field.is_api_only) {
      const className = field.type === "textarea" ? "lead-form__text is-long" : "lead-form__text";
      return row(field.name, el("output", { class: className }, field.value || "…"));
    }
    if (field.options.length > 0) {
      return row(
        field.name,
        this.#select(key, field.value, [["", "…"], ...field.options.map((one) => [one, one] as const)]),
      );
    }
    return row(field.name, this.#input(key, field.value, field.type === "numeric" ? "number" : "text"));
  }

  #input(key: string, value: string, type: string): HTMLElement {
    const input = el("input", {
      class: "text-input",
      type,
      value,
      placeholder: "…",
      oninput: () => this.#change(key, input.value),
    });
    return input;
  }

  #select(key: string, value: string, options: readonly (readonly [string, string])[]): HTMLElement {
    const choices = options.map(([id, name]) => el("option", { value: id, selected: id === value }, name));
    const select = el("select", { class: "host-select", onchange: () => this.#change(key, select.value) }, ...choices);
    return select;
  }

  #change(key: string, value: string): void {
    this.#changed.set(key, value);
    this.#model.set(key, value);
    this.#bar.classList.add("is-shown");
  }
}

function row(label: string, control: HTMLElement): HTMLElement {
  return el("label", { class: "lead-form__row" }, el("span", {}, label), control);
}
