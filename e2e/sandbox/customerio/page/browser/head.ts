import { remember } from "../../../page/browser/http.ts";
import { el } from "../../../page/browser/ui/dom.ts";
import { setTheme } from "../../../page/browser/ui/theme.ts";
import type { Overview } from "../wire.ts";

/** The name of the place, which workspace is looked at, and by which light. */
export class Head {
  readonly element: HTMLElement;
  readonly #workspaces = el("span", {});
  #seen = "";

  constructor() {
    const isDark = document.documentElement.dataset.colorScheme === "dark";
    this.element = el(
      "header",
      { class: "page-head" },
      el("h1", {}, "Customer.io"),
      this.#workspaces,
      chooser(
        "Theme",
        [
          ["light", "Light"],
          ["dark", "Dark"],
        ],
        isDark ? "dark" : "light",
        (chosen) => {
          void remember("sandbox_theme", chosen);
          setTheme(chosen as "light" | "dark");
        },
      ),
    );
  }

  show({ workspaces, workspace }: Overview): void {
    const seen = JSON.stringify([workspaces, workspace]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    const choices = workspaces.map(({ id, name, region }) => [String(id), `${name}, ${region.toUpperCase()}`] as const);
    this.#workspaces.replaceChildren(
      chooser("Workspace", choices, String(workspace), (id) => location.assign(`/?workspace=${id}`)),
    );
  }
}

function chooser(
  label: string,
  choices: readonly (readonly [string, string])[],
  chosen: string,
  choose: (value: string) => void,
): HTMLElement {
  const options = choices.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
  const select = el("select", { class: "host-select", onchange: () => choose(select.value) }, ...options);
  return el("label", { class: "cio-chooser" }, el("span", {}, label), select);
}
