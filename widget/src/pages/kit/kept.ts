import { useState } from "react";
import { useShell } from "../../shell.tsx";

/**
 * What somebody has typed and not saved yet. It survives a failed save, another tab of ours and a reload of the page, and
 * is gone with the browser's tab. `undefined` is nothing typed.
 */
export function useKept<Value>(name: string): [Value | undefined, (value: Value | undefined) => void] {
  const { accountId, userId } = useShell().page;
  const key = `dealscope:${accountId}:${userId}:${name}`;
  const [value, setValue] = useState(() => read<Value>(key));
  const keep = (next: Value | undefined) => {
    setValue(next);
    write(key, next);
  };
  return [value, keep];
}

function read<Value>(key: string): Value | undefined {
  try {
    const text = window.sessionStorage.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as Value);
  } catch {
    return undefined;
  }
}

/** A browser that keeps nothing for us still shows what was typed. */
function write(key: string, value: unknown) {
  try {
    if (value === undefined) window.sessionStorage.removeItem(key);
    else window.sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    return;
  }
}
