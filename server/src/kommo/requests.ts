import DataLoader from "dataloader";
import { stringify } from "qs";
import { z } from "zod";
import { KommoUnauthorized } from "./errors.ts";
import { send } from "./http.ts";
import type { Answered } from "./line.ts";

export interface KommoConnection {
  /** Scheme, host and port, such as https://acme.kommo.com. Asked for each call: accounts move. */
  origin(): Promise<string>;
  /** Yields the bearer token; `refused` is one that Kommo has just answered with 401. */
  token(refused?: string): Promise<string>;
  /** Resolves when the next call may leave; what it resolves to is told when the call has its answer. */
  permission(): Promise<Answered>;
  /** Told of an object in a list that is not in a form that is known; it is left out. */
  unreadable(what: string): void;
  /** Told of every failed call, so that limits can learn from 429s and blocks. */
  failed(error: unknown): void;
  /** Told of every request that has left, what became of it and how long that took. */
  asked(call: { method: string; error: unknown; ms: number }): void;
  /** Told with each answer how far Kommo's clock is ahead of ours. */
  clock(aheadMs: number): void;
  timeoutMs: number;
}

/** Kommo takes 250 ids in a filter and 250 items in a write; for writes it recommends 50. */
export const READ_AT_MOST = 250;
export const WRITE_AT_MOST = 50;
/** One page of a list. Whether there is more cannot be told from the items: those that are unreadable are left out. */
export interface Page<T> {
  items: T[];
  more: boolean;
}

export type Query = Record<string, unknown>;

/** Asked when the limit has let a call pass, which may be long after it was decided; what it throws stops the call. */
export type MayLeave = () => Promise<void>;
/** How Kommo's API is asked, whatever it is asked for: tokens, limits, pages, and objects in a form that is not known. */
export class Requests {
  constructor(private readonly connection: KommoConnection) {}

  async everyPage<T>(ask: (page: number) => Promise<Page<T>>): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; ; page++) {
      const { items, more } = await ask(page);
      all.push(...items);
      if (!more) return all;
    }
  }

  coalesced<T extends z.ZodType<{ id: number; is_deleted?: boolean | null | undefined }>>(
    resource: string,
    schema: T,
    query: Query,
  ): DataLoader<number, z.output<T> | undefined> {
    let permitted: Answered | undefined;
    const load = async (ids: readonly number[]) => {
      const parameters = { ...query, filter: { id: ids }, limit: READ_AT_MOST };
      const answer = await this.call("GET", resource, parameters, undefined, { permitted });
      const byId = new Map(itemsIn(answer, resource).map((entry) => [idOf(entry), schema.safeParse(entry)]));
      return ids.map((id) => {
        const entity = byId.get(id);
        // One that cannot be read is the trouble of who asked for it, not of the 249 others.
        if (entity?.error)
          return new Error(`Kommo shows ${resource} ${id} in a form that is not known: ${entity.error.message}`);
        return entity?.data?.is_deleted ? undefined : entity?.data;
      });
    };
    return new DataLoader(load, {
      cache: false,
      maxBatchSize: READ_AT_MOST,
      // The limit releases the batch: the busier the account, the more lookups share a call.
      batchScheduleFn: (release) => {
        void this.connection.permission().then((answered) => {
          // The batch is loaded before this line ends, so that no other batch can take its permission.
          permitted = answered;
          release();
        });
      },
    });
  }

  /** Up to 250 things by id in one call; deleted ones are left out. */
  async now<T extends z.ZodType<{ id: number; is_deleted?: boolean | null | undefined }>>(
    path: string,
    name: string,
    item: T,
    query: Query,
    idsOf: () => Promise<readonly number[]>,
  ): Promise<z.output<T>[]> {
    const answered = await this.connection.permission();
    const ids = await idsOf();
    if (ids.length === 0) {
      answered();
      return [];
    }
    const parameters = { ...query, filter: { id: ids }, limit: READ_AT_MOST };
    const answer = await this.call("GET", path, parameters, undefined, { permitted: answered });
    return itemsIn(answer, name).flatMap((entry) => {
      const read = item.safeParse(entry);
      return read.success && !read.data.is_deleted ? [read.data] : [];
    });
  }

  async list<T extends z.ZodType>(
    path: string,
    name: string,
    item: T,
    query: Query & { limit: number },
  ): Promise<z.output<T>[]> {
    return (await this.page(path, name, item, query)).items;
  }

  /** One object in a form that is not known must not hide the others of its page. */
  async page<T extends z.ZodType>(
    path: string,
    name: string,
    item: T,
    query: Query & { limit: number },
  ): Promise<Page<z.output<T>>> {
    const answer = await this.call("GET", path, query);
    const entries = itemsIn(answer, name);
    const items = entries.flatMap((entry) => {
      const read = item.safeParse(entry);
      if (read.success) return [read.data];
      this.connection.unreadable(`${path} ${idOf(entry)}: ${read.error.message}`);
      return [];
    });
    return { items, more: entries.length >= query.limit || hasNext.safeParse(answer).success };
  }

  async write<T extends z.ZodType>(
    method: "POST" | "PATCH",
    path: string,
    items: readonly unknown[],
    item: T,
    { name = path, mayLeave }: { name?: string; mayLeave?: MayLeave | undefined } = {},
  ): Promise<z.output<T>[]> {
    const answer = await this.call(method, path, {}, items, { mayLeave });
    return itemsIn(answer, name).map((entry) => item.parse(entry));
  }

  async call(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    query: Query,
    body?: unknown,
    { permitted, mayLeave }: { permitted?: Answered | undefined; mayLeave?: MayLeave | undefined } = {},
  ): Promise<unknown> {
    const search = stringify(query, { arrayFormat: "brackets" });
    const ask = async (token: string, answered: Answered) => {
      try {
        const url = `${await this.connection.origin()}/api/v4/${path}${search && `?${search}`}`;
        await mayLeave?.();
        const headers = { authorization: `Bearer ${token}` };
        const { timeoutMs } = this.connection;
        const request = { method, url, headers, body, timeoutMs, clock: (ms: number) => this.connection.clock(ms) };
        return await this.timed(method, () => send(request));
      } finally {
        answered();
      }
    };
    try {
      const token = await this.connection.token();
      try {
        return await ask(token, permitted ?? (await this.connection.permission()));
      } catch (error) {
        if (!(error instanceof KommoUnauthorized)) throw error;
        const fresh = await this.connection.token(token);
        return await ask(fresh, await this.connection.permission());
      }
    } catch (error) {
      this.connection.failed(error);
      throw error;
    }
  }

  private async timed<T>(method: string, send: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const asked = (error: unknown) => this.connection.asked({ method, error, ms: performance.now() - began });
    try {
      const answer = await send();
      asked(undefined);
      return answer;
    } catch (error) {
      asked(error);
      throw error;
    }
  }
}

/** Lists name their next page, but not all are known to; some of them give less than was asked for. */
const hasNext = z.object({ _links: z.object({ next: z.object({ href: z.string() }) }) });

function itemsIn(answer: unknown, name: string): unknown[] {
  const envelope = z.object({ _embedded: z.record(z.string(), z.array(z.unknown())) }).safeParse(answer);
  return envelope.success ? (envelope.data._embedded[name] ?? []) : [];
}

const identified = z.object({ id: z.union([z.number(), z.string()]) });

function idOf(entry: unknown): number | string | undefined {
  return identified.safeParse(entry).data?.id;
}
