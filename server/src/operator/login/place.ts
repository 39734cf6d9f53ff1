const HOME = "/operator";

/** A page of ours to go to, whatever was asked for: an address of somebody else would make us lead people there. */
export function placeIn(to: unknown): string {
  const isOurs = typeof to === "string" && /^\/operator(?:[/?][\w/?=&%.+-]*)?$/.test(to) && !to.includes("//");
  return isOurs ? to : HOME;
}
