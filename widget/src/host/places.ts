import type { KommoWidget } from "./kommo.ts";

let made = 0;

/** A box of ours in the right panel of a card. */
export function cardPlace(widget: KommoWidget): Element | null {
  made += 1;
  const id = `dealscope-panel-${made}`;
  widget.render_template(
    { caption: { class_name: "dealscope-caption" }, body: `<div id="${id}"></div>`, render: "" },
    {},
  );
  return document.getElementById(id);
}

/** Above the button Save of the settings window: in the place of our own field, else where fields stand. */
export function settingsPlace(modalBody: unknown, code: string): Element | null {
  const body = elementIn(modalBody);
  const places = [
    `#${CSS.escape(`${code}_custom_content`)}`,
    ".widget_settings_block__fields",
    ".widget-settings__desc-space",
  ];
  for (const place of places) {
    const found = body?.querySelector(place);
    if (found) return found;
  }
  return body;
}

export function advancedPlace(code: string): Element | null {
  return document.getElementById(`work-area-${code}`);
}

/** Where an action of ours in the Digital Pipeline is set up, and what Kommo keeps of it. */
export interface ActionPlace {
  container: Element;
  action: HTMLInputElement;
  key: HTMLInputElement;
}

/**
 * The open form of an action of ours. Kommo marks it with our code and hands over nothing, so both of our inputs tell which
 * it is. They give way to a box of ours.
 */
export function actionPlace(code: string): ActionPlace | null {
  const marks = document.querySelectorAll(`.digital-pipeline__short-task_widget-style_${CSS.escape(code)}`);
  for (const mark of [...marks].reverse()) {
    for (let form = mark.parentElement; form && form !== document.body; form = form.parentElement) {
      const action = form.querySelector<HTMLInputElement>("input[name=action]");
      const key = form.querySelector<HTMLInputElement>("input[name=key]");
      if (!action || !key) continue;
      const container = document.createElement("div");
      rowOf(action).before(container);
      for (const input of [action, key]) rowOf(input).style.display = "none";
      return { container, action, key };
    }
  }
  return null;
}

/** An input with its label. */
function rowOf(input: HTMLInputElement): HTMLElement {
  return input.closest<HTMLElement>("label, .widget_settings_block__item_field") ?? input;
}

/** As if somebody had typed it, so that Kommo notices. */
export function fillIn(input: HTMLInputElement, value: string) {
  if (input.value === value) return;
  input.value = value;
  for (const event of ["input", "change"]) input.dispatchEvent(new Event(event, { bubbles: true }));
}

/** The element in what jQuery hands over. */
function elementIn(wrapped: unknown): Element | null {
  const first = Array.isArray(wrapped) || isListed(wrapped) ? wrapped[0] : wrapped;
  return first instanceof Element ? first : null;
}

function isListed(value: unknown): value is ArrayLike<unknown> {
  return typeof value === "object" && value !== null && "length" in value;
}
