import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** Colours what goes to standard output; plain where NO_COLOR is set or nobody looks. */
export function paint(style: Style, text: string): string {
  return styleText(style, text);
}

const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const CLEAR_LINE = "\r\u001b[2K";

/** Lines that stay and, where somebody looks, one line below them that changes. */
export class Terminal {
  readonly isLive = process.stdout.isTTY === true;
  #status = "";
  #turn = 0;
  #isClosed = false;

  /** Wide enough for a table, narrow enough to be read. */
  get width(): number {
    return Math.min(120, Math.max(80, process.stdout.columns ?? 120));
  }

  line(text = "") {
    if (!this.#isClosed) this.#write(`${text}\n`);
  }

  /** Says what goes on at the moment; an empty text takes it away. */
  progress(text: string) {
    if (this.isLive && !this.#isClosed) this.#setStatus(text);
  }

  /** The last thing to be seen; who goes on talking is not heard. */
  close(text: string) {
    this.#isClosed = true;
    if (this.isLive) this.#setStatus(text);
  }

  #setStatus(text: string) {
    this.#turn++;
    this.#status = text === "" ? "" : `  ${paint("cyan", SPINNER[this.#turn % SPINNER.length]!)} ${text}`;
    this.#write("");
  }

  #write(text: string) {
    process.stdout.write(this.isLive ? `${CLEAR_LINE}${text}${this.#status}` : text);
  }
}
