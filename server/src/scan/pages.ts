import type { Page } from "../kommo/requests.ts";

/**
 * Everything updated since `from`, oldest first. A list sorted by `updated_at` shifts under the reader while people
 * work, so the next page is page 1 again from the last timestamp seen; only entries of one and the same second are paged.
 */
export async function readSince<T extends { id: number; updated_at: Date | null }>(
  from: Date,
  ask: (since: Date, page: number) => Promise<Page<T>>,
): Promise<T[]> {
  const seen = new Map<number, T>();
  let since = from;
  for (let page = 1; ; ) {
    const { items, more } = await ask(since, page);
    for (const item of items) seen.set(item.id, item);
    if (!more) return [...seen.values()];
    const last = items.at(-1)?.updated_at ?? since;
    if (last.getTime() > since.getTime()) {
      since = last;
      page = 1;
    } else page++;
  }
}
