import fc from "fast-check";

/** Texts that break what takes them for something else: a number, a date, SQL, a path, half a character. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    ...["", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e", "\ufeff", "null", "undefined", "NaN", "true"],
    ...["-1", "0", "1e309", "99999999999999999999", "0x10", "١٢", "2026-02-30", "0001-01-01T00:00:00.000Z"],
    ...["9999-12-31T23:59:59.999Z", "'; DROP TABLE lead; --", "{{7*7}}", "%00", "%ff", "../../etc/passwd"],
    ...["__proto__", "constructor", "toString", "<script>", "=1+1", "a,b\r\nc"],
  ),
  fc.integer({ min: 1, max: 20_000 }).map((length) => "x".repeat(length)),
);

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e21, 1e308, Number.MIN_VALUE),
);

const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));

/** Anything that JSON can say. */
const anything = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 60 }) },
  { weight: 2, arbitrary: fc.dictionary(text, scalar, { maxKeys: 10 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 6 }) },
);

export const nastyText = text;

/** How a body is spoilt: at which of its places, and by what. */
export interface Spoiling {
  place: number;
  by: unknown;
  how: "replace" | "remove" | "add";
}

export const spoiling: fc.Arbitrary<Spoiling> = fc.record({
  place: fc.nat(10_000),
  by: anything,
  how: fc.constantFrom("replace", "replace", "replace", "remove", "add"),
});

type Step = string | number;

/** Every place in a value, itself included. */
function placesIn(value: unknown, path: Step[] = []): Step[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([step, inner]) => placesIn(inner, [...path, step]))];
}

/** @returns a copy with one place spoilt; the others stay as they were */
export function spoil(value: unknown, { place, by, how }: Spoiling): unknown {
  const places = placesIn(value);
  const path = places[place % places.length]!;
  const last = path.at(-1);
  if (last === undefined) return how === "remove" ? undefined : by;
  const copy = structuredClone(value);
  let parent = copy as Record<Step, unknown>;
  for (const step of path.slice(0, -1)) parent = parent[step] as Record<Step, unknown>;
  if (how === "remove") delete parent[last];
  else parent[how === "add" ? `${last}x` : last] = by;
  return copy;
}
