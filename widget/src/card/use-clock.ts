import type { Card } from "@dealscope/shared/card";
import { useEffect, useState } from "react";

const TICK_MS = 20_000;

/**
 * The server's time, so that ages are right whatever this machine's clock says.
 * @param readAt when this machine got the card
 * @returns milliseconds
 */
export function useClock(card: Card | undefined, readAt: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return card ? Date.parse(card.at) + Math.max(0, now - readAt) : now;
}
