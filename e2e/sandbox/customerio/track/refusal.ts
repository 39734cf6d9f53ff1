/** One thing that is wrong with an operation, as Track v2 names it. */
export interface Refusal {
  reason: "required" | "invalid";
  field: string;
  message: string;
}

export function invalid(field: string, message: string): Refusal {
  return { reason: "invalid", field, message };
}
