import { isDeepStrictEqual } from "node:util";
import type { OpenAPIObject } from "@nestjs/swagger";

type Operation = NonNullable<OpenAPIObject["paths"][string]["get"]>;
type Responses = NonNullable<OpenAPIObject["components"]>["responses"];
type Schema = NonNullable<NonNullable<OpenAPIObject["components"]>["schemas"]>[string];

interface Described {
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, { schema?: Schema }>;
}

/** What routes have in common, said once: answers by their names, the form of a refusal, and the headers. */
export function finished(document: OpenAPIObject): OpenAPIObject {
  let refusal: Schema | undefined;
  const answers: Record<string, Schema> = {};
  for (const operation of operationsOf(document)) {
    // Said by those that need it; of all others it has to be said, too.
    operation.security ??= [];
    // Tokens are described as security, of which one suffices; as parameters each would be required.
    operation.parameters = operation.parameters?.filter(
      (parameter) => !("in" in parameter) || parameter.in !== "header" || parameter.name === "Idempotency-Key",
    );
    for (const [status, response] of Object.entries(operation.responses as NonNullable<Responses>)) {
      const described = response as Described;
      described.headers = {
        "x-request-id": { $ref: "#/components/headers/RequestId" },
        ...(status === "429" ? { "retry-after": { $ref: "#/components/headers/RetryAfter" } } : {}),
      };
      const json = described.content?.["application/json"];
      if (!json) continue;
      if (Number(status) >= 400) {
        refusal ??= json.schema;
        json.schema = { $ref: "#/components/schemas/ApiError" };
      } else json.schema = byName(json.schema, answers);
    }
  }
  typeUnions(document.paths);
  typeUnions(answers);
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...answers, ...(refusal ? { ApiError: refusal } : {}) },
    headers: {
      RequestId: { description: "Finds this request in the server's log.", schema: { type: "string", format: "uuid" } },
      RetryAfter: {
        description: "After so many seconds it may be asked again.",
        schema: { type: "integer", minimum: 1 },
      },
    },
  };
  return document;
}

/** The schema's place among the named ones, where it is put if it is not there yet. */
function byName(schema: Schema | undefined, named: Record<string, Schema>): Schema | undefined {
  if (!schema || !("title" in schema) || !schema.title) return schema;
  const { title, ...rest } = schema;
  named[title] ??= rest as Schema;
  if (!isDeepStrictEqual(named[title], rest)) throw new Error(`Two answers of the API are called ${title}.`);
  return { $ref: `#/components/schemas/${title}` };
}

interface Union {
  nullable?: boolean;
  type?: string;
  oneOf?: { type?: string }[];
}

/** OpenAPI 3.0 lets null be said only beside a type: a union gets that of what it unites. */
function typeUnions(part: unknown) {
  if (typeof part !== "object" || part === null) return;
  const union = part as Union;
  if (union.nullable && !union.type && union.oneOf?.[0]?.type) union.type = union.oneOf[0].type;
  for (const inner of Object.values(part)) typeUnions(inner);
}

function operationsOf({ paths }: OpenAPIObject): Operation[] {
  return Object.values(paths).flatMap(({ get, post, put, delete: remove }) =>
    [get, post, put, remove].filter((operation) => operation !== undefined),
  );
}
