import type { Card } from "@dealscope/shared/card";
import type { Wording } from "./wording.ts";

/** What every piece of the panel gets. */
export interface PieceProps {
  card: Card;
  /** The server's time in milliseconds. */
  now: number;
  wording: Wording;
  /** For where the keyboard was has just gone: its place is the panel now. */
  onGone: () => void;
}
