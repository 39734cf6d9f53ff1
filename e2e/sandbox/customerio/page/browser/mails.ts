import { el, when } from "../../../page/browser/ui/dom.ts";
import type { MailRow } from "../wire.ts";
import { act } from "./act.ts";
import { button } from "./button.ts";
import { Rows } from "./rows.ts";

/** What a recipient, or a machine of his, can do with a mail. */
const ACTS: [label: string, action: string, title: string, input?: object][] = [
  ["Open", "open", "As a person does"],
  ["Click", "click", "On the link to the prices; without an open before it, an open is inferred"],
  ["Unsubscribe", "unsubscribe", "From everything, by the link in this mail"],
  ["Machine opens", "machine-open", "As the privacy protection of a mail program does"],
  ["Scanner", "scan", "Clicks every link at once, and owns up to it", { machine: true }],
  ["Hidden scanner", "scan", "Clicks every link at once, as if it were a person"],
  ["Bounce", "bounce", "The mail comes back: there is no such mailbox"],
  ["Report spam", "spam", "The recipient complains"],
];

const TELL_APART =
  "Let ten seconds pass between a person's click and a scanner's: closer together they cannot be told apart, and all " +
  "of them may be taken for a machine's.";

/** The mails of a person, each with what became of it. */
export class Mails {
  readonly element: HTMLElement;
  readonly #list = el("ol", { class: "cio-mails" });
  readonly #advice = el("p", { class: "cio-none", hidden: true }, TELL_APART);
  readonly #rows = new Rows<MailRow>(this.#list, ({ delivery_id }) => delivery_id, mailBox);

  constructor() {
    this.element = el(
      "section",
      { attributes: { "aria-label": "Mails" } },
      el("h2", {}, "Mails"),
      this.#advice,
      this.#list,
    );
  }

  show(mails: MailRow[]): void {
    this.#rows.show(mails);
    this.#advice.hidden = mails.length === 0;
  }
}

function mailBox({ delivery_id, subject, recipient, from, started_by }: MailRow) {
  const state = el("span", { class: "tag" });
  const happened = el("ol", { class: "cio-happened" });
  const acts = ACTS.map(([label, action, title, input]) =>
    button(label, () => act(`recipient/${action}`, { delivery_id, ...input }), { title }),
  );
  const origin = `${from}${started_by === null ? "" : `, started by ${started_by}`}`;
  const element = el(
    "li",
    { class: "cio-mail" },
    el("header", {}, el("h3", {}, subject), state),
    el("p", { class: "cio-none" }, `To ${recipient}, ${origin}`),
    el("div", { class: "cio-acts", attributes: { role: "group", "aria-label": `Act on “${subject}”` } }, ...acts),
    happened,
  );
  return {
    element,
    show(mail: MailRow) {
      state.textContent = mail.state;
      if (happened.childElementCount === mail.happened.length) return;
      happened.replaceChildren(
        ...mail.happened.map(({ metric, at, note }) =>
          el("li", {}, el("time", {}, when(at)), ` ${metric}`, note !== "" && el("span", {}, ` (${note})`)),
        ),
      );
    },
  };
}
