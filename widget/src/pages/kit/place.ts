import { useMemo, useSyncExternalStore } from "react";

/** What stands behind the # of Kommo's address: a tab, and what is chosen on it, as in `#dashboard?rep=5`. */
export function usePlace(): { tab: string; chosen: URLSearchParams } {
  const hash = useSyncExternalStore(onChange, () => window.location.hash);
  return useMemo(() => {
    const [tab = "", chosen] = hash.slice(1).split("?");
    return { tab, chosen: new URLSearchParams(chosen) };
  }, [hash]);
}

/** Changes what is chosen on a tab; the address before is where “back” leads to. An empty value is left out. */
export function choose(tab: string, chosen: URLSearchParams, change: Record<string, string>) {
  const next = new URLSearchParams(chosen);
  for (const [name, value] of Object.entries(change)) {
    if (value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  window.location.hash = text === "" ? tab : `${tab}?${text}`;
}

function onChange(listener: () => void) {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}
