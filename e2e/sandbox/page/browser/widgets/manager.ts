import type { WidgetItem } from "../../wire.ts";
import { boot } from "../api.ts";
import { app } from "../host/app.ts";
import { sandbox } from "../host/recorder.ts";
import { post } from "../http.ts";
import { baseMethods, type Widget } from "./base-widget.ts";

type Constructor = new () => Widget;

const NEEDED = ["init", "bind_actions", "render"];

/** `APP.widgets.list`: outlives every manager. */
const alive = app.widgets.list as Record<string, Widget>;

/** Loads, calls and ends the widgets of one page, as quietly as Kommo does. */
export class WidgetManager {
  #isDropped = false;
  readonly #boxAdded: () => void;

  constructor(boxAdded: () => void) {
    this.#boxAdded = boxAdded;
  }

  /** What was asked for and is not there yet is not wanted any more. */
  drop(): void {
    this.#isDropped = true;
  }

  async start(): Promise<void> {
    destroyAll();
    const items = await post<WidgetItem[]>("/ajax/widgets/list", { area: app.area });
    await Promise.all(items.filter(({ active }) => active === "Y").map((item) => this.startOne(item)));
  }

  /** A widget that is alive already is only rendered again. */
  async startOne(item: WidgetItem): Promise<Widget | undefined> {
    if (this.#isDropped) return undefined;
    const kept = alive[item.code];
    if (kept) {
      call(kept, item.code, "render");
      this.#showOwnPage(kept, item.code);
      return kept;
    }
    const widget = await this.#construct(item);
    // Somebody else may have started it meanwhile: the page as it opens, while its settings are being opened.
    if (!widget) return this.#isDropped ? undefined : alive[item.code];
    const isTruthy = this.#render(widget, item.code);
    if (boot.loader.initOrder === "bind-first") call(widget, item.code, "bind_actions");
    isTruthy();
    if (boot.loader.initOrder === "render-first") call(widget, item.code, "bind_actions");
    this.#showOwnPage(widget, item.code);
    return widget;
  }

  async #construct(item: WidgetItem): Promise<Widget | undefined> {
    const { code, installed_version: version } = item;
    const [script, langs] = await required([`optional!${item.src}?v=${version}`, `json!${item.lang}?v=${version}`]);
    if (this.#isDropped || alive[code] || typeof script !== "function") return undefined;
    try {
      const methods = baseMethods(item, this.#boxAdded);
      Object.assign(script, { prototype: Object.assign(Object.create(null), methods, { constructor: script }) });
      const widget = new (script as Constructor)();
      if (!NEEDED.every((name) => typeof widget.callbacks?.[name] === "function")) return undefined;
      alive[code] = widget;
      widget.ns = `.widget:${code}`;
      widget.init_once = isInitOnce(item);
      widget.set_lang(langs as object);
      widget.set_settings(settingsOf(item));
      return widget;
    } catch (error) {
      swallow(code, error);
      return undefined;
    }
  }

  /** @returns what goes on to `init`, now or when the promise of `render` is kept */
  #render(widget: Widget, code: string): () => void {
    const result = call(widget, code, "render");
    const init = () => {
      if (this.#isDropped || alive[code] !== widget) return;
      $(document).trigger(`widget:${code}:loaded`);
      call(widget, code, "init");
    };
    const { renderDelayMs } = boot.loader;
    const later = renderDelayMs > 0 ? () => setTimeout(init, renderDelayMs) : init;
    if (isThenable(result)) return () => void result.then(later, () => {});
    return result ? later : () => {};
  }

  #showOwnPage(widget: Widget, code: string): void {
    if (app.area === `advanced-settings:${code}`) call(widget, code, "advancedSettings");
  }
}

/** Ends every widget that does not stay alive between pages. */
function destroyAll(): void {
  for (const [code, widget] of Object.entries(alive)) if (!widget.init_once) destroyOne(code);
}

export function destroyOne(code: string): void {
  const widget = alive[code];
  if (!widget) return;
  call(widget, code, "destroy");
  $(document).off(widget.ns);
  $("#widgets_block").find(`.card-widgets__widget-${code}`).remove();
  delete alive[code];
}

/** Calls a callback of a widget; what it throws goes no further. */
export function call(widget: Widget, code: string, name: string, ...args: unknown[]): unknown {
  const callback = widget.callbacks[name];
  if (typeof callback !== "function") return undefined;
  sandbox.calls.push(`${code} ${name}`);
  performance.mark(`${code} ${name}`);
  try {
    return callback.apply(widget.callbacks, args);
  } catch (error) {
    swallow(code, error);
    return undefined;
  }
}

export function livingWidget(code: string): Widget | undefined {
  return alive[code];
}

function swallow(code: string, error: unknown): void {
  sandbox.errors.push({ code, message: error instanceof Error ? error.message : String(error) });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}

function isInitOnce({ init_once, active }: WidgetItem): boolean {
  const { initOnce } = boot.loader;
  const isDeclared = initOnce === "as-declared" ? init_once === "Y" : initOnce === "always";
  return isDeclared && active === "Y";
}

function settingsOf(item: WidgetItem): Record<string, unknown> {
  const { settings, code, id, path, images_path, installed_version, status, active, oauth_client_uuid, support } = item;
  return {
    ...settings,
    ...{ id, path, images_path, status, oauth_client_uuid, support, active },
    widget_code: code,
    version: installed_version,
    widget_active: active,
  };
}

function required(ids: string[]): Promise<unknown[]> {
  return new Promise((resolve) =>
    requirejs(
      ids,
      (...modules) => resolve(modules),
      () => resolve([]),
    ),
  );
}
