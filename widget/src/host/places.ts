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

/** The element in what jQuery hands over. */
function elementIn(wrapped: unknown): Element | null {
  const first = Array.isArray(wrapped) || isListed(wrapped) ? wrapped[0] : wrapped;
  return first instanceof Element ? first : null;
}

function isListed(value: unknown): value is ArrayLike<unknown> {
  return typeof value === "object" && value !== null && "length" in value;
}
