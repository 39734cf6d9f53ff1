import type { FeedEntry, LeadTask } from "../../wire.ts";
import { act } from "../api.ts";
import { notifications } from "../host/notifications.ts";
import { el, icon, when } from "../ui/dom.ts";
import { ICONS } from "../ui/icons.ts";

type Send = (leadId: number, text: string) => Promise<unknown>;

/** What can be written below the feed. "Client" is the sandbox's own: the other side of the chat. */
const WAYS: [name: string, hint: string, send: Send][] = [
  ["Client", "What the client writes …", (lead_id, text) => act("chats/message", { lead_id, text, direction: "in" })],
  ["Chat", "Reply to the client …", (lead_id, text) => act("chats/message", { lead_id, text, direction: "out" })],
  ["Note", "A note for colleagues …", (id, text) => act("leads/add-note", { id, text })],
  ["Task", "What is to be done …", (lead_id, text) => act("tasks/create", { lead_id, text })],
];

/** Notes, messages and events of a lead, its open tasks, and the line to write in. */
export class Feed {
  readonly element: HTMLElement;
  readonly #leadId: () => number;
  readonly #entries = el("ol", { class: "feed__entries" });
  readonly #tasks = el("div", { class: "feed__tasks" });
  readonly #input = el("textarea", { class: "text-input", rows: 2, attributes: { "aria-label": "Message" } });
  #way = WAYS[0]!;

  constructor(leadId: () => number) {
    this.#leadId = leadId;
    this.element = el(
      "section",
      { class: "feed", attributes: { "aria-label": "Feed" } },
      this.#entries,
      this.#tasks,
      this.#composer(),
    );
  }

  show(entries: FeedEntry[], tasks: LeadTask[]): void {
    const isAtEnd = this.#entries.scrollTop + this.#entries.clientHeight >= this.#entries.scrollHeight - 40;
    this.#entries.replaceChildren(...entries.map(entryRow));
    this.#tasks.replaceChildren(...tasks.filter((task) => !task.is_completed).map(taskRow));
    if (isAtEnd) this.#entries.scrollTop = this.#entries.scrollHeight;
  }

  #composer(): HTMLElement {
    const tabs = WAYS.map((way) =>
      el("button", { type: "button", class: "composer__way", onclick: () => choose(way) }, way[0]),
    );
    const choose = (way: (typeof WAYS)[number]) => {
      this.#way = way;
      this.#input.placeholder = way[1];
      for (const [index, tab] of tabs.entries()) tab.setAttribute("aria-pressed", String(WAYS[index] === way));
    };
    choose(this.#way);
    this.#input.onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      void this.#send();
    };
    const send = el(
      "button",
      { type: "button", class: "button-input button-input_blue", onclick: () => void this.#send() },
      "Send",
    );
    return el("div", { class: "composer" }, el("div", { class: "composer__ways" }, ...tabs), this.#input, send);
  }

  async #send(): Promise<void> {
    const text = this.#input.value.trim();
    const id = this.#leadId();
    if (!text) return;
    if (id === 0)
      return notifications.show_message_error({ header: "Save the lead first", text: "Then it has a feed." });
    this.#input.value = "";
    try {
      await this.#way[2](id, text);
    } catch (error) {
      this.#input.value = text;
      notifications.show_message_error({ header: "It was not sent", text: (error as Error).message });
    }
  }
}

function entryRow(entry: FeedEntry): HTMLElement {
  const time = el("time", {}, when(entry.at));
  if (entry.kind === "event")
    return el("li", { class: "feed__event" }, time, el("span", {}, `${entry.author}: ${entry.text}`));
  const variant =
    entry.kind === "message" ? (entry.incoming ? "feed__message is-incoming" : "feed__message") : "feed__note";
  const via = entry.kind === "message" ? ` · ${entry.origin}` : "";
  return el(
    "li",
    { class: variant },
    el("p", { class: "feed__author" }, el("b", {}, entry.author), via, time),
    el("p", { class: "feed__text" }, entry.text),
  );
}

function taskRow(task: LeadTask): HTMLElement {
  const done = () => void act("tasks/edit", { id: task.id, is_completed: true, result: { text: "Done" } });
  return el(
    "div",
    { class: "feed__task" },
    el(
      "button",
      {
        type: "button",
        class: "feed__tick",
        title: "Complete",
        attributes: { "aria-label": `Complete: ${task.text}` },
        onclick: done,
      },
      icon(ICONS.task),
    ),
    el(
      "p",
      {},
      el("b", {}, `${when(task.at)} for ${task.responsible}`),
      el("span", { class: "feed__text" }, task.text),
    ),
  );
}
