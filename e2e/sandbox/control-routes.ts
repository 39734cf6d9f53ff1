import type { FastifyInstance } from "fastify";
import { ZodError, z } from "zod";

/** Something that can be done from outside of the API. Over HTTP anything may come, so every input is read. */
export function action<Schema extends z.ZodType, Result>(schema: Schema, run: (input: z.output<Schema>) => Result) {
  return (input: z.input<Schema>): Result => run(schema.parse(input));
}

type Action = (input: object) => unknown;

/**
 * What a test calls in its own process, over HTTP: `control.leads.addNote({…})` is `POST /_sandbox/leads/add-note` with
 * that body.
 * @param statusOf says with what an error is answered, 500 being a fault of the sandbox
 */
export function controlRoutes(app: FastifyInstance, control: object, statusOf: (error: Error) => number): void {
  for (const [group, actions] of Object.entries(control)) {
    for (const [name, run] of Object.entries(actions as Record<string, Action>)) {
      app.route({
        method: ["GET", "POST"],
        url: `/_sandbox/${kebab(group)}/${kebab(name)}`,
        handler: async (request, reply) => {
          const result = await run((request.body ?? request.query) as object);
          return reply.type("application/json").send(JSON.stringify(result ?? {}));
        },
        errorHandler: (error, _request, reply) => {
          const status = error instanceof ZodError ? 400 : statusOf(error);
          if (status >= 500) console.error("sandbox", error);
          const detail = error instanceof ZodError ? z.prettifyError(error) : error.message;
          return reply.code(status).send({ status, detail });
        },
      });
    }
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
