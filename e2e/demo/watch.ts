import type { Verdict } from "@dealscope/shared/qualification";
import type { Control } from "../sandbox/kommo/control/control.ts";
import type { Arrival } from "./arrivals.ts";
import { cardFor, cardIn, differences } from "./card.ts";
import { DemoFailure } from "./failure.ts";
import type { Records, Written } from "./records.ts";

/** A lead whose verdict was found on its card in Kommo. */
export interface Finding {
  id: number;
  title: string;
  language: string;
  verdict: Verdict;
  /** From the lead's last change to its verdict in Kommo; unknown for what a visitor does. */
  tookMs: number | undefined;
}

const PATIENCE_MS = 120_000;
const HOOK_OFF = "Kommo has switched the webhook off, because too many were not answered within two seconds";

/** Sees which leads have their newest verdict in Kommo, by looking at both sides. */
export class Watch {
  readonly findings = new Map<number, Finding>();
  readonly #arrivals = new Map<number, Arrival>();
  /** The write by which each was found. */
  readonly #seen = new Map<number, number>();
  readonly #control: Control;
  readonly #account: number;
  readonly #records: Records;

  constructor(control: Control, account: number, records: Records) {
    this.#control = control;
    this.#account = account;
    this.#records = records;
  }

  expect(arrival: Arrival) {
    this.#arrivals.set(arrival.id, arrival);
  }

  get arrived(): number {
    return this.#arrivals.size;
  }

  /** How many of those that came in are done; a visitor's leads do not count. */
  get done(): number {
    return this.findings.size;
  }

  /** @throws DemoFailure when a lead waits for too long, with the reason */
  async look(): Promise<Finding[]> {
    const found = (await this.#records.newlyWritten()).flatMap((written) => this.#find(written) ?? []);
    await this.#loseNoPatience();
    return found;
  }

  /** Reads every lead from Kommo once more and compares it with its newest verdict. */
  async verify(): Promise<string[]> {
    const verdicts = await this.#records.newestVerdicts();
    return [...this.#arrivals.values()].flatMap(({ id, title }) => {
      const verdict = verdicts.get(id);
      const wrong = verdict ? this.#differences(id, verdict) : ["there is no verdict"];
      return wrong.length > 0 ? [`Lead ${id} "${title}": ${wrong.join("; ")}.`] : [];
    });
  }

  #find({ writeId, leadId, verdict, decidedAt, writtenAt }: Written): Finding | undefined {
    const arrival = this.#arrivals.get(leadId);
    const isStale = arrival && (arrival.changedAt === undefined || decidedAt < arrival.changedAt);
    if (isStale || this.#seen.get(leadId) === writeId || this.#differences(leadId, verdict).length > 0) return;
    this.#seen.set(leadId, writeId);
    if (!arrival || this.findings.has(leadId)) {
      const title = arrival?.title ?? this.#read(leadId).name;
      return { id: leadId, title, language: arrival?.language ?? "", verdict, tookMs: undefined };
    }
    const { id, title, language, changedAt } = arrival;
    const finding = { id, title, language, verdict, tookMs: writtenAt - changedAt! };
    this.findings.set(id, finding);
    return finding;
  }

  #differences(leadId: number, verdict: Verdict): string[] {
    return differences(cardFor(verdict), cardIn(this.#read(leadId)));
  }

  #read(leadId: number) {
    return this.#control.leads.read({ account: this.#account, ids: [leadId] })[0]!;
  }

  #isHookOff(): boolean {
    return this.#control.hooks.list({ account: this.#account }).some(({ disabled }) => disabled);
  }

  async #loseNoPatience() {
    const overdue = Date.now() - PATIENCE_MS;
    for (const { id, title, changedAt } of this.#arrivals.values()) {
      if (changedAt === undefined || changedAt > overdue || this.findings.has(id)) continue;
      const why = this.#isHookOff() ? HOOK_OFF : await this.#records.whyNotWritten(id);
      throw new DemoFailure(`Lead ${id} "${title}" was not written back within ${PATIENCE_MS / 1000} s: ${why}.`);
    }
  }
}
