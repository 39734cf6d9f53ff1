/** `broken`: work is not done and does not heal by itself. `watch`: a person should look, in the morning. */
export type Severity = "broken" | "watch";

export interface Problem {
  severity: Severity;
  /** What is so, and what to do. */
  words: string;
}
