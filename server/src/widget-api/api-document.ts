import type { OpenAPIObject } from "@nestjs/swagger";

type Operation = NonNullable<OpenAPIObject["paths"][string]["get"]>;
type Responses = NonNullable<OpenAPIObject["components"]>["responses"];
type Schema = NonNullable<NonNullable<OpenAPIObject["components"]>["schemas"]>[string];

interface Described {
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, { schema?: Schema }>;
}

/** What every route has in common, said once: the form of a refusal, and the headers of answers. */
export function finished(document: OpenAPIObject): OpenAPIObject {
  let refusal: Schema | undefined;
  for (const operation of operationsOf(document)) {
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
      if (Number(status) < 400 || !json) continue;
      refusal ??= json.schema;
      json.schema = { $ref: "#/components/schemas/ApiError" };
    }
  }
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...(refusal ? { ApiError: refusal } : {}) },
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

function operationsOf({ paths }: OpenAPIObject): Operation[] {
  return Object.values(paths).flatMap(({ get, post, put, delete: remove }) =>
    [get, post, put, remove].filter((operation) => operation !== undefined),
  );
}
