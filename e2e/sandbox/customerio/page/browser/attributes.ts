import { el } from "../../../page/browser/ui/dom.ts";
import type { Attribute } from "../wire.ts";

/** Names and values, as texts. */
export function attributeList(attributes: Attribute[]): HTMLElement {
  if (attributes.length === 0) return el("p", { class: "cio-none" }, "None.");
  return el(
    "dl",
    { class: "cio-attributes" },
    ...attributes.flatMap(({ name, value }) => [el("dt", {}, name), el("dd", {}, value)]),
  );
}
