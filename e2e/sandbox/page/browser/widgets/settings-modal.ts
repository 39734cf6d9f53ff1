import type { SaveWidget, WidgetItem } from "../../wire.ts";
import { boot } from "../api.ts";
import { Modal } from "../host/modal.ts";
import { notifications } from "../host/notifications.ts";
import type { Navigate } from "../host/router.ts";
import { post } from "../http.ts";
import { el, icon } from "../ui/dom.ts";
import { ICONS } from "../ui/icons.ts";
import { call, destroyOne, livingWidget, type WidgetManager } from "./manager.ts";

interface Context {
  navigate: Navigate;
  changed: () => Promise<void>;
}

/** The window of one integration: Kommo's own left column and controls, the widget's in the middle. */
export async function openSettings(item: WidgetItem, manager: WidgetManager, context: Context): Promise<void> {
  const modal = new Modal({
    class_name: `${item.code} widget-settings__modal`,
    init: ($body) => {
      $body.append(
        content(item, {
          press: (active) => void press(item, active, { modal, manager, context }),
          advanced: () => void context.navigate(`/settings/widgets/${item.code}/`),
        }),
      );
      $body.trigger("modal:loaded").trigger("modal:centrify");
    },
  });
  const widget = livingWidget(item.code) ?? (await manager.startOne(item));
  if (widget && modal.$modal[0]?.isConnected) call(widget, item.code, "settings", modal.$body);
}

async function press(
  item: WidgetItem,
  active: "Y" | "N",
  { modal, manager, context }: { modal: Modal; manager: WidgetManager; context: Context },
) {
  const { code } = item;
  const event = { code, active, fields: typedIn(modal.$body[0]!) };
  const widget = livingWidget(code);
  try {
    const allowed = await (widget ? call(widget, code, "onSave", event) : true);
    if (allowed === false) return;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error ?? "The integration refused it.");
    notifications.show_message_error({ header: "The settings were not saved", text });
    return;
  }
  try {
    const saved = await post<WidgetItem>("/ajax/widgets/save", {
      code,
      active,
      fields: event.fields,
    } satisfies SaveWidget);
    await settle(item, saved, manager, modal);
    await context.changed();
  } catch (error) {
    notifications.show_message_error({ header: "The settings were not saved", text: (error as Error).message });
  }
}

/** Install starts the widget anew, disable ends it. */
async function settle(before: WidgetItem, after: WidgetItem, manager: WidgetManager, modal: Modal): Promise<void> {
  const { code } = after;
  if (before.active === "Y" && after.active === "N") {
    $(document).trigger("widget:removed", [code]);
    destroyOne(code);
    modal.close(true);
  }
  if (before.active === "N" && after.active === "Y") {
    $(document).trigger("widget:installed", [code]);
    destroyOne(code);
    modal.close(true);
    const widget = await manager.startOne(after);
    if (widget) call(widget, code, "onInstall");
  }
}

function typedIn(body: HTMLElement): Record<string, string> {
  const inputs = body.querySelectorAll<HTMLInputElement>("#widget_settings__fields_wrapper [name]");
  return Object.fromEntries([...inputs].map(({ name, value }) => [name, value]));
}

interface Presses {
  press: (active: "Y" | "N") => void;
  advanced: () => void;
}

function content(item: WidgetItem, { press, advanced }: Presses): HTMLElement {
  const { code } = item;
  const isActive = item.active === "Y";
  const mayChange = boot.user.is_admin;
  const close = el(
    "button",
    { type: "button", class: "modal-body__close js-modal-close", attributes: { "aria-label": "Close" } },
    icon(ICONS.close),
  );
  const install = el(
    "button",
    {
      type: "button",
      class: "button-input button-input_blue js-widget-install",
      disabled: !mayChange,
      onclick: () => press("Y"),
    },
    "Install",
  );
  const disable = el(
    "button",
    { type: "button", class: "button-input js-widget-uninstall", disabled: !mayChange, onclick: () => press("N") },
    "Disable",
  );
  const save = el(
    "button",
    {
      type: "button",
      id: `save_${code}`,
      class: "button-input button-input_blue js-widget-save",
      data: { onsaveDestroyModal: "" },
      disabled: !mayChange,
      onclick: () => press("Y"),
    },
    "Save",
  );
  return el(
    "div",
    { class: "widget-settings" },
    close,
    el(
      "div",
      { class: "widget-settings__base-space" },
      el("img", { class: "widget-settings__logo", src: `${item.images_path}/logo_main.png`, alt: "" }),
      el("h2", { class: "widget-settings__name" }, item.name),
      el("p", {}, item.short_description),
      isActive ? disable : install,
      isActive &&
        item.hasAdvancedPage &&
        el("button", { type: "button", class: "link-button", onclick: advanced }, item.advancedTitle),
      item.support.email && el("a", { href: `mailto:${item.support.email}` }, item.support.email),
    ),
    el(
      "div",
      { class: "widget-settings__wrap-desc-space" },
      el(
        "div",
        { class: "widget-settings__desc-space" },
        el(
          "div",
          { class: "widget_settings_block" },
          el("div", { class: "widget_settings_block__descr" }, item.description),
          el(
            "div",
            { id: "widget_settings__fields_wrapper", class: "widget_settings_block__fields" },
            ...item.fields.map((field) => fieldOf(item, field)),
          ),
          el("input", { type: "checkbox", id: "widget_active__sw", checked: isActive, hidden: true }),
          isActive && el("div", { class: "widget_settings_block__controls" }, save),
        ),
      ),
    ),
  );
}

function fieldOf({ code, settings }: WidgetItem, field: WidgetItem["fields"][number]): HTMLElement {
  const value = String(settings[field.code] ?? "");
  if (field.type === "custom") {
    const hidden = el("input", { type: "hidden", id: `${code}_custom`, name: field.code, value });
    return el("div", { id: `${code}_custom_content`, class: "widget_settings_block__item_field" }, hidden);
  }
  const type = field.type === "pass" ? "password" : "text";
  const input = el("input", {
    type,
    class: "text-input widget_settings_block__controls__",
    name: field.code,
    value,
    required: field.required,
  });
  return el("label", { class: "widget_settings_block__item_field" }, el("span", {}, field.name), input);
}
