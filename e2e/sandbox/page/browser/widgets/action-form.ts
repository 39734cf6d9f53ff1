import type { StageAction, WidgetItem } from "../../wire.ts";
import { Modal } from "../host/modal.ts";
import { notifications } from "../host/notifications.ts";
import { post } from "../http.ts";
import { el } from "../ui/dom.ts";
import { call, livingWidget, type WidgetManager } from "./manager.ts";

/** The form of one action on one stage: Kommo's own inputs, of which the widget makes what it likes. */
export async function openAction(
  item: WidgetItem,
  manager: WidgetManager,
  place: Pick<StageAction, "pipeline_id" | "status_id">,
  saved: () => void,
): Promise<void> {
  const { code } = item;
  const modal = new Modal({
    class_name: "digital-pipeline__edit",
    init: ($body) => {
      $body.append(content(item, { save: () => void save(), cancel: () => modal.close() }));
      $body.trigger("modal:loaded").trigger("modal:centrify");
    },
  });
  const widget = livingWidget(code) ?? (await manager.startOne(item));
  // Nothing is handed over: a widget finds its form by the mark with its code.
  if (widget && modal.$modal[0]?.isConnected) call(widget, code, "dpSettings");

  async function save() {
    const inputs = modal.$body[0]!.querySelectorAll<HTMLInputElement>(".digital-pipeline__edit-forms input[name]");
    const fields = item.actionFields.map((field) => field.code);
    const typed = [...inputs].filter(({ name }) => fields.includes(name)).map(({ name, value }) => [name, value]);
    try {
      const action: StageAction = { code, ...place, settings: Object.fromEntries(typed) };
      await post("/ajax/digital_pipeline/save", action);
      modal.close();
      saved();
    } catch (error) {
      notifications.show_message_error({ header: "The action was not saved", text: (error as Error).message });
    }
  }
}

function content(item: WidgetItem, { save, cancel }: { save: () => void; cancel: () => void }): HTMLElement {
  const button = (name: string, classes: string, onclick: () => void) =>
    el("button", { type: "button", class: `button-input ${classes}`, onclick }, name);
  return el(
    "div",
    { data: { action: "send_widget_hook" } },
    el(
      "div",
      { class: "digital-pipeline__short-task" },
      el(
        "div",
        { class: `digital-pipeline__short-task_widget-style_${item.code}` },
        el("img", { src: `${item.images_path}/logo_dp.png`, alt: "" }),
        el("h2", {}, item.name),
      ),
    ),
    el(
      "div",
      { class: "digital-pipeline__edit-forms" },
      ...item.actionFields.map(({ code, name }) =>
        el(
          "label",
          { class: "widget_settings_block__item_field" },
          el("span", {}, name),
          el("input", { type: "text", class: "text-input", name: code }),
        ),
      ),
    ),
    el(
      "div",
      { class: "widget_settings_block__controls" },
      button("Done", "button-input_blue js-trigger-save", save),
      button("Cancel", "js-trigger-cancel", cancel),
    ),
  );
}
