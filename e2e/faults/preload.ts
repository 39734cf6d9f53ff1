import { subscribe } from "node:diagnostics_channel";
import { writeSync } from "node:fs";
import pg from "pg";

import { type Point, type PointName, points } from "./points.ts";
import { GOES_ON, STANDS_STILL } from "./words.ts";

// Loaded into a server before anything of its own. What is to happen, and where, is told by the environment.
const { FAULT_POINT, FAULT_AT_TIME = "1", FAULT_BLOCK_MS, FAULT_CLOCK_MS } = process.env;

if (FAULT_CLOCK_MS) shiftClock(Number(FAULT_CLOCK_MS));
if (FAULT_POINT) {
  const point: Point = points[FAULT_POINT as PointName];
  let left = Number(FAULT_AT_TIME);
  const reached = () => {
    left--;
    if (left === 0) happen();
  };
  if (point.sees === "statement") watchStatements(point, reached);
  else watchRequests(point, reached);
}

/** It ends as by `kill -9`, or stands still as in a long computation. */
function happen() {
  if (!FAULT_BLOCK_MS) process.kill(process.pid, "SIGKILL");
  // Written at once, as nothing that waits for its turn is done now.
  writeSync(1, `${STANDS_STILL}\n`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(FAULT_BLOCK_MS));
  // By then what was about to leave has left.
  setTimeout(() => writeSync(1, `${GOES_ON}\n`), 1_000);
}

function watchRequests({ method, path, at }: Extract<Point, { sees: "request" }>, reached: () => void) {
  const channel = at === "before it leaves" ? "undici:request:create" : "undici:request:trailers";
  subscribe(channel, (message) => {
    const { request } = message as { request: { method: string; path: string } };
    if (request.method === method && path.test(request.path.split("?")[0] ?? "")) reached();
  });
}

/** A statement that stands alone is committed when it is answered; one in a transaction when that is. What changes no row does not count. */
function watchStatements({ pattern, at }: Extract<Point, { sees: "statement" }>, reached: () => void) {
  const inTransaction = new WeakSet<object>();
  const isSeen = new WeakSet<object>();
  watchQueries((connection, statement) => {
    const isEnd = /^(COMMIT|ROLLBACK)$/.test(statement);
    if (/^(BEGIN|START TRANSACTION)/.test(statement)) inTransaction.add(connection);
    if (statement === "COMMIT" && isSeen.has(connection) && at === "before the commit") reached();
    return (rows) => {
      if (pattern.test(statement) && rows > 0) isSeen.add(connection);
      if (isEnd) inTransaction.delete(connection);
      if (inTransaction.has(connection)) return;
      const isCommitted = isSeen.has(connection) && statement !== "ROLLBACK";
      isSeen.delete(connection);
      if (isCommitted && at === "after the commit") reached();
    };
  });
}

/** `begins` is told of every statement before it leaves, and what it returns of the rows that came of it. */
function watchQueries(begins: (connection: object, statement: string) => (rows: number) => void) {
  const { prototype } = pg.Client;
  const query = prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  const watched = function (this: pg.Client, ...args: unknown[]): unknown {
    const [asked] = args as [string | { text: string }];
    const answered = begins(this, (typeof asked === "string" ? asked : asked.text).trim());
    const heard = (result: unknown) => answered((result as { rowCount?: number | null } | undefined)?.rowCount ?? 0);
    const last = args.at(-1);
    if (typeof last === "function") {
      const callback = (error: unknown, result: unknown) => {
        if (!error) heard(result);
        last(error, result);
      };
      return query.apply(this, [...args.slice(0, -1), callback]);
    }
    return (query.apply(this, args) as Promise<unknown>).then((result) => {
      heard(result);
      return result;
    });
  };
  prototype.query = watched as typeof prototype.query;
}

/** Its clock is wrong by so much; that of the database is not. */
function shiftClock(byMs: number) {
  const now = Date.now.bind(Date);
  const shifted = () => now() + byMs;
  globalThis.Date = new Proxy(Date, {
    construct: (Real, args: [], target) => Reflect.construct(Real, args.length > 0 ? args : [shifted()], target),
    get: (Real, name, receiver) => (name === "now" ? shifted : Reflect.get(Real, name, receiver)),
  });
}
