/** How a segment looks: never by colour alone, each has a shape of its own. */
export type Tone = "hot" | "warm" | "cold" | "spam" | "none";

/**
 * @param key of a segment, which an account chooses
 * @param ranked keys of all segments, best first
 */
export function toneOf(key: string | undefined, ranked: readonly string[]): Tone {
  if (key === undefined) return "none";
  if (key === "hot" || key === "warm" || key === "cold" || key === "spam") return key;
  const others = ranked.filter((other) => other !== "spam");
  const place = others.indexOf(key);
  if (place === -1) return "none";
  if (place === 0) return "hot";
  return place === others.length - 1 ? "cold" : "warm";
}
