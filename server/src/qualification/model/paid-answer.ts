import type { Completion } from "../../openai/client.ts";

/**
 * One paid answer. `costMicros` is in millionths of a dollar; too much rather than too little where the price of the model is
 * not known, or the answer does not say what it took.
 */
export interface PaidAnswer {
  completion: Completion;
  costMicros: number;
  /** The money is in the books now. */
  booked(): void;
}
