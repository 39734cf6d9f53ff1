import type { LoggerService } from "@nestjs/common";
import { type DestinationStream, type Logger, pino } from "pino";
import { currentTrace } from "./tracing.ts";

/** Where Nest tells each module and route it has found, at every start the same. */
const WIRING = new Set(["RouterExplorer", "RoutesResolver", "InstanceLoader"]);

/** A sentence that can be searched for by what it is about. */
export interface Line {
  text: string;
  account: number;
  /** Where it is not the one that the line is written in; null of rows that have none. */
  trace?: string | null;
  delivery?: number;
  lead?: number | null;
  ms?: number;
}

/**
 * Nest's log lines through pino: one JSON object a line, with the id of what began it all. Messages never carry secrets or
 * text of leads.
 */
export class PinoLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(level: string, destination: DestinationStream = pino.destination(1)) {
    this.pino = pino({ level, base: { app: "dealscope" }, mixin: () => ({ trace: currentTrace() }) }, destination);
  }

  log(message: string | Line, context?: string) {
    if (context && WIRING.has(context)) return;
    this.pino.info(...parts(message, context));
  }

  error(message: string | Line, ...rest: unknown[]) {
    const [stack, context] = rest.length > 1 ? rest : [undefined, rest[0]];
    const [fields, text] = parts(message, context);
    this.pino.error({ ...fields, ...(stack ? { stack } : {}) }, text);
  }

  warn(message: string | Line, context?: string) {
    this.pino.warn(...parts(message, context));
  }

  debug(message: string | Line, context?: string) {
    this.pino.debug(...parts(message, context));
  }

  verbose(message: string | Line, context?: string) {
    this.pino.trace(...parts(message, context));
  }

  fatal(message: string | Line, context?: string) {
    this.pino.fatal(...parts(message, context));
  }
}

function parts(message: string | Line, context: unknown): [fields: object, text: string] {
  if (typeof message === "string") return [{ context }, message];
  const { text, ...fields } = message;
  return [{ context, ...fields }, text];
}
