import type { KommoClient } from "../kommo/client.ts";
import type { Lane } from "../queue/lane.ts";
import type { Turn } from "../queue/turn.ts";
import type { Lease } from "./lease.ts";
import type { Target } from "./write-row.ts";

/** Writes rows of these targets into Kommo. */
export interface Flusher {
  readonly targets: readonly Target[];
  /** Claims a batch of those of this lane and sends it. */
  flush(turn: Turn, lane: Lane): Promise<void>;
}

/** A flush under way: whose turn it is, and what it needs to write. */
export interface Flush {
  turn: Turn;
  kommo: KommoClient;
  lease: Lease;
}
