/**
 * What was read lately, by key, so that it is not read again for every row of work. Keeps no failures, and lets go of
 * what is old.
 */
export class Remembered<Key, Value> {
  /** Oldest first. */
  private readonly entries = new Map<Key, { value: Promise<Value>; until: number }>();

  constructor(private readonly forMs: number) {}

  get(key: Key, read: () => Promise<Value>): Promise<Value> {
    const now = Date.now();
    this.dropOld(now);
    const known = this.entries.get(key);
    if (known) return known.value;
    const entry = { value: read(), until: now + this.forMs };
    this.entries.set(key, entry);
    // Only itself: a later reading may stand in its place by then.
    entry.value.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return entry.value;
  }

  forget(key: Key) {
    this.entries.delete(key);
  }

  private dropOld(now: number) {
    for (const [key, { until }] of this.entries) {
      if (until > now) return;
      this.entries.delete(key);
    }
  }
}
