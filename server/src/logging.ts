import type { LoggerService } from "@nestjs/common";
import { type Logger, pino } from "pino";

/** Where Nest tells each module and route it has found, at every start the same. */
const WIRING = new Set(["RouterExplorer", "RoutesResolver", "InstanceLoader"]);

/** Nest's log lines through pino: one JSON object a line. Messages never carry secrets or text of leads. */
export class PinoLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(level: string) {
    this.pino = pino({ level, base: { app: "dealscope" } });
  }

  log(message: unknown, context?: string) {
    if (context && WIRING.has(context)) return;
    this.pino.info({ context }, String(message));
  }

  error(message: unknown, ...rest: unknown[]) {
    const [stack, context] = rest.length > 1 ? rest : [undefined, rest[0]];
    this.pino.error({ context, ...(stack ? { stack } : {}) }, String(message));
  }

  warn(message: unknown, context?: string) {
    this.pino.warn({ context }, String(message));
  }

  debug(message: unknown, context?: string) {
    this.pino.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: string) {
    this.pino.trace({ context }, String(message));
  }

  fatal(message: unknown, context?: string) {
    this.pino.fatal({ context }, String(message));
  }
}
