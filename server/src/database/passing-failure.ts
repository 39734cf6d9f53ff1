/**
 * Deadlocks, a server that is away, starting, full or read-only, and a transaction that this process has stood still in for too long. Not a statement that was cancelled because it took too
 * long: it may do so each time.
 */
const PASSING_STATES = /^(08...|40P01|40001|25006|25P03|53...|55P03|57P..)$/;
const BROKEN_CONNECTION = /^(ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH)/;
/** The driver says these in words only. */
const IN_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;

/**
 * Whether the database was away or in its own way: nobody's fault, and the same may succeed a moment later. Everything
 * else that it says is about what it was asked to do.
 */
export function isPassingFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return PASSING_STATES.test(code) || BROKEN_CONNECTION.test(code) || IN_WORDS.test(error.message);
}
