/** Where one is: the workspace stands in the query, the person behind `#`. */
export const place = {
  get workspace(): string | null {
    return new URLSearchParams(location.search).get("workspace");
  },
  get person(): string {
    return location.hash.slice(1);
  },
};

/** An address of the server with the workspace that is looked at. */
export function here(path: string, query: Record<string, string> = {}): string {
  const { workspace } = place;
  return `${path}?${new URLSearchParams({ ...query, ...(workspace === null ? {} : { workspace }) })}`;
}
