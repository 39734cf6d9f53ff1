import type { Stage } from "../stage/stage.ts";
import type { Random } from "./random.ts";

/** What people do to deals that are there, and what has to be known of it afterwards. */
export class Changes {
  /** Stages in which deals came to stand, in their order. */
  readonly #moves = new Map<number, number[]>();
  readonly #notes = new Map<number, string>();
  readonly #names = new Map<number, string>();
  readonly #responsible = new Map<number, number>();
  readonly #stage: Stage;
  readonly #account: number;
  readonly #random: Random;
  #made = 0;

  constructor(stage: Stage, account: number, random: Random) {
    this.#stage = stage;
    this.#account = account;
    this.#random = random;
  }

  get made(): number {
    return this.#made;
  }

  /** Each of them to another one of these stages, of which the first is where new deals stand. */
  async move(leadIds: readonly number[], statusIds: readonly number[]): Promise<void> {
    for (const id of leadIds) {
      const moves = this.#moves.get(id) ?? [];
      const status_id = this.#random.pick(statusIds.filter((one) => one !== (moves.at(-1) ?? statusIds[0])));
      await this.#do("leads/move", { id, status_id });
      this.#moves.set(id, [...moves, status_id]);
    }
  }

  async note(leadIds: readonly number[]): Promise<void> {
    for (const id of leadIds) {
      const text = `Note ${this.#made}`;
      const { id: noteId } = await this.#do<{ id: number }>("leads/add-note", { id, text });
      this.#notes.set(noteId, text);
    }
  }

  async rename(contactIds: readonly number[]): Promise<void> {
    for (const id of contactIds) {
      const name = `Ana Reyes ${this.#made}`;
      await this.#do("contacts/edit", { id, name });
      this.#names.set(id, name);
    }
  }

  async give(leadIds: readonly number[], userId: number): Promise<void> {
    for (const id of leadIds) {
      await this.#do("leads/assign", { id, responsible_user_id: userId });
      this.#responsible.set(id, userId);
    }
  }

  /** A sentence for each change that is not known as it was made. */
  async unknown(): Promise<string[]> {
    const [moves, notes, names, responsible] = await Promise.all([
      this.#known(
        `SELECT lead_id AS id, array_agg(to_status_id ORDER BY at, ordinal) AS value FROM stage_change
          WHERE account_id = $1 AND from_status_id IS NOT NULL GROUP BY lead_id`,
      ),
      this.#known("SELECT note_id AS id, text AS value FROM note WHERE account_id = $1"),
      this.#known("SELECT contact_id AS id, name AS value FROM contact WHERE account_id = $1"),
      this.#known("SELECT lead_id AS id, responsible_user_id AS value FROM lead WHERE account_id = $1"),
    ]);
    return [
      ...differing("The stages of deal", this.#moves, moves),
      ...differing("The note", this.#notes, notes),
      ...differing("The name of contact", this.#names, names),
      ...differing("Who is responsible for deal", this.#responsible, responsible),
    ];
  }

  async #known(sql: string): Promise<Map<number, unknown>> {
    const rows = await this.#stage.sql<{ id: number; value: unknown }>(sql, [this.#account]);
    return new Map(rows.map(({ id, value }) => [Number(id), value]));
  }

  async #do<T>(what: string, wish: object): Promise<T> {
    this.#made++;
    return this.#stage.control<T>(what, { account: this.#account, ...wish });
  }
}

function differing(what: string, made: ReadonlyMap<number, unknown>, known: ReadonlyMap<number, unknown>): string[] {
  return [...made]
    .filter(([id, value]) => String(value) !== String(known.get(id)))
    .map(([id, value]) => `${what} ${id}: it is ${value}, and known is ${known.get(id)}.`);
}
