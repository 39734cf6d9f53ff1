/**
 * Places on the path of data at which a server may be made to end or to stand still. They are recognised from outside: by what is
 * said to PostgreSQL, and by requests that leave and answers that arrive. The product knows nothing of them.
 */
export type Point =
  | { sees: "statement"; pattern: RegExp; at: "before the commit" | "after the commit" }
  | { sees: "request"; method: string; path: RegExp; at: "before it leaves" | "after its answer" };

const said = (pattern: RegExp) => ({
  before: { sees: "statement", pattern, at: "before the commit" } as const,
  after: { sees: "statement", pattern, at: "after the commit" } as const,
});

const asked = (method: string, path: RegExp) => ({
  before: { sees: "request", method, path, at: "before it leaves" } as const,
  after: { sees: "request", method, path, at: "after its answer" } as const,
});

const delivery = said(/^SELECT door_deliver\(/);
const unpacking = said(/^UPDATE delivery d SET state/);
const claim = said(/^UPDATE work SET lease_token = \$2, leased_until/);
const verdict = said(/INSERT INTO verdict /);
const writes = said(/^UPDATE write w SET state/);
const sweep = said(/^SELECT 1 FROM sweep_turn/);
const leads = asked("PATCH", /\/api\/v4\/leads$/);
const notes = asked("POST", /\/api\/v4\/leads\/notes$/);
const tasks = asked("POST", /\/api\/v4\/tasks$/);
const model = asked("POST", /\/v1\/chat\/completions$/);
const mails = asked("POST", /\/api\/v2\/batch$/);

/** Of the door, of the sweep, of tokens. */
const placesAside = {
  "delivery stored": delivery.after,
  "sweep elected": sweep.before,
  "token refreshed": asked("POST", /\/oauth2\/access_token$/).after,
} as const satisfies Record<string, Point>;

/** From a delivery until all that follows from it is done. */
export const placesOfWork = {
  "delivery unpacked": unpacking.before,
  "delivery unpacked, committed": unpacking.after,
  "work claimed": claim.after,
  "leads read": asked("GET", /\/api\/v4\/leads$/).after,
  "model asked": model.before,
  "model answered": model.after,
  "verdict kept": verdict.before,
  "verdict kept, committed": verdict.after,
  "leads about to be patched": leads.before,
  "leads patched": leads.after,
  "notes about to be posted": notes.before,
  "notes posted": notes.after,
  "tasks about to be posted": tasks.before,
  "tasks posted": tasks.after,
  "Customer.io about to be told": mails.before,
  "Customer.io told": mails.after,
  "write ended": writes.before,
  "write ended, committed": writes.after,
} as const satisfies Record<string, Point>;

export const points: Record<PointName, Point> = { ...placesAside, ...placesOfWork };

export type PlaceOfWork = keyof typeof placesOfWork;
export type PointName = PlaceOfWork | keyof typeof placesAside;
