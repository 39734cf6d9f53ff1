const KEYWORDS = new Set([
  ...["type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "const", "$ref", "$defs"],
  ...["minimum", "maximum", "minItems", "maxItems", "pattern", "description"],
]);
const DEEPEST = 10;
const MOST_ENUM_VALUES = 1000;

/**
 * What the provider would refuse in a schema, one sentence each; empty when it is fine. Takes anything, because the faults
 * looked for are those the type does not allow.
 */
export function strictSchemaFaults(schema: unknown): string[] {
  const root = isRecord(schema) && schema.type === "object" ? [] : ["# must be of type object."];
  return [...root, ...faultsOf(schema, "#", 1)];
}

function faultsOf(schema: unknown, path: string, depth: number): string[] {
  if (!isRecord(schema)) return [`${path} must be a schema.`];
  if (depth > DEEPEST) return [`${path} is nested deeper than ${DEEPEST} levels.`];
  const inner = ["properties", "$defs"].flatMap((keyword) =>
    isRecord(schema[keyword])
      ? Object.entries(schema[keyword]).flatMap(([key, child]) =>
          faultsOf(child, `${path}/${keyword}/${key}`, depth + 1),
        )
      : [],
  );
  const options = Array.isArray(schema.anyOf) ? schema.anyOf : [];
  return [
    ...Object.keys(schema).flatMap((key) => (KEYWORDS.has(key) ? [] : [`${path} uses ${key}, which is refused.`])),
    ...objectFaults(schema, path),
    ...enumFaults(schema, path),
    ...inner,
    ...options.flatMap((option, index) => faultsOf(option, `${path}/anyOf/${index}`, depth + 1)),
    ...("items" in schema ? faultsOf(schema.items, `${path}/items`, depth + 1) : []),
  ];
}

function objectFaults(schema: Record<string, unknown>, path: string): string[] {
  if (schema.type !== "object") return [];
  const properties = isRecord(schema.properties) ? Object.keys(schema.properties) : [];
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return [
    ...(schema.additionalProperties === false ? [] : [`${path} must set additionalProperties to false.`]),
    ...properties.flatMap((key) => (required.has(key) ? [] : [`${path} must require ${key}.`])),
  ];
}

function enumFaults(schema: Record<string, unknown>, path: string): string[] {
  const values = Array.isArray(schema.enum) ? schema.enum.length : 1;
  return values >= 1 && values <= MOST_ENUM_VALUES ? [] : [`${path} must have 1 to ${MOST_ENUM_VALUES} enum values.`];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
