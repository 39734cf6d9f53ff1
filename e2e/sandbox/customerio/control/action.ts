import type { z } from "zod";

/** Something that can be done from outside of the API. Over HTTP anything may come, so every input is read. */
export function action<Schema extends z.ZodType, Result>(schema: Schema, run: (input: z.output<Schema>) => Result) {
  return (input: z.input<Schema>): Result => run(schema.parse(input));
}
