import type { KommoClient } from "../kommo/client.ts";
import type { Turn } from "../queue/turn.ts";
import type { Haste } from "./haste.ts";
import type { Lease } from "./lease.ts";
import type { Target } from "./write-row.ts";

/** Writes rows of these targets into Kommo. */
export interface Flusher {
  readonly targets: readonly Target[];
  /** Claims a batch of them and sends it. */
  flush(turn: Turn, urgent: Haste): Promise<void>;
}

/** A flush under way: whose turn it is, and what it needs to write. */
export interface Flush {
  turn: Turn;
  kommo: KommoClient;
  lease: Lease;
}
