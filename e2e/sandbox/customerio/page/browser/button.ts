import { el } from "../../../page/browser/ui/dom.ts";

/** A button whose failure is told beside it. */
export function button(label: string, run: () => Promise<void>, { title = "", blue = false } = {}): HTMLElement {
  const why = el("span", { class: "cio-why", attributes: { role: "alert" } });
  const press = async () => {
    why.textContent = "";
    await run().catch((error: Error) => {
      why.textContent = error.message;
    });
  };
  const own = el(
    "button",
    { type: "button", class: `button-input${blue ? " button-input_blue" : ""}`, title, onclick: () => void press() },
    label,
  );
  return el("span", { class: "cio-button" }, own, why);
}
