import { el } from "../ui/dom.ts";
import { sandbox } from "./recorder.ts";

interface Told {
  header?: string;
  text?: string | { header?: string; text?: string };
  type?: string;
  link?: string;
}

const STAYS_MS = 6000;

/** `APP.notifications`: shown at the right, and written down. */
export const notifications = {
  show_message: (told: Told) => show("message", told),
  show_message_error: (told: Told) => show("error", told),
  show_notification: (told: Told) => show(told.type ?? "call", told),
  add_error: (told: Told) => show("error", told),
  add_call: (told: Told) => show("call", told),
};

function show(kind: string, told: Told): void {
  const inner = typeof told.text === "object" ? told.text : { text: told.text };
  const header = inner.header ?? told.header ?? "";
  const text = inner.text ?? "";
  sandbox.notifications.push({ kind, header, text });
  const note = el(
    "div",
    { class: `notification notification_${kind}`, attributes: { role: "status" } },
    el("b", {}, header),
    el("p", {}, text),
  );
  stack().append(note);
  setTimeout(() => note.remove(), STAYS_MS);
}

function stack(): HTMLElement {
  const known = document.getElementById("notifications");
  if (known) return known;
  const made = el("div", { id: "notifications" });
  document.body.append(made);
  return made;
}
