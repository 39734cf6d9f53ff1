/**
 * Places on the path of data at which a server may be made to end or to stand still. They are recognised from outside: by what is
 * said to PostgreSQL, and by requests that leave and answers that arrive. The product knows nothing of them.
 */
export type Point =
  | { sees: "statement"; pattern: RegExp; at: "before the commit" | "after the commit" }
  | { sees: "request"; method: string; path: RegExp; at: "before it leaves" | "after its answer" };

const written = (pattern: RegExp) => ({
  before: { sees: "statement", pattern, at: "before the commit" } as const,
  after: { sees: "statement", pattern, at: "after the commit" } as const,
});

const asked = (method: string, path: RegExp) => ({
  before: { sees: "request", method, path, at: "before it leaves" } as const,
  after: { sees: "request", method, path, at: "after its answer" } as const,
});

const stored = written(/door_deliver\(/);
const unpacked = written(/^UPDATE delivery d SET state/);
const claimed = written(/^UPDATE work SET lease_token = \$2, leased_until/);
const kept = written(/^INSERT INTO verdict /);
const ended = written(/^UPDATE write w SET state/);
const leads = asked("PATCH", /\/api\/v4\/leads$/);
const notes = asked("POST", /\/api\/v4\/leads\/notes$/);
const tasks = asked("POST", /\/api\/v4\/tasks$/);
const model = asked("POST", /\/v1\/chat\/completions$/);

export const points = {
  "delivery stored": stored.after,
  "delivery unpacked": unpacked.before,
  "delivery unpacked, committed": unpacked.after,
  "work claimed": claimed.after,
  "leads read": asked("GET", /\/api\/v4\/leads$/).after,
  "model asked": model.before,
  "model answered": model.after,
  "verdict kept": kept.before,
  "verdict kept, committed": kept.after,
  "before leads are patched": leads.before,
  "after leads were patched": leads.after,
  "before notes are posted": notes.before,
  "after notes were posted": notes.after,
  "before tasks are posted": tasks.before,
  "after tasks were posted": tasks.after,
  "token refreshed": asked("POST", /\/oauth2\/access_token$/).after,
  "write ended": ended.before,
  "write ended, committed": ended.after,
} satisfies Record<string, Point>;

export type PointName = keyof typeof points;
