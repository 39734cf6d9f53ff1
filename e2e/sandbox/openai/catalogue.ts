export type Effort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

export interface CatalogueModel {
  id: string;
  /** What replies call it: some ids are aliases of a dated snapshot. */
  snapshot: string;
  /** `YYYY-MM-DD`; from that day on the model is unknown. */
  shutdownDate: string | null;
  /** Tokens of prompt and completion together. */
  context: number;
  /** Accepted efforts and the one taken when the field is left out; null for models that do not reason. */
  reasoning: { efforts: readonly Effort[]; default: Effort } | null;
  /** GPT-5 and later refuse `max_tokens`. */
  acceptsMaxTokens: boolean;
  /** `marked`: GPT-5.6 and later cache up to a breakpoint; `automatic`: older ones cache the longest prefix. */
  cache: "marked" | "automatic";
  /** Dollars per million tokens, which is micro-dollars per token. */
  price: { input: number; cached: number; cacheWrite: number; output: number };
}

const ALL: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const LUNA = ALL.filter((effort) => effort !== "minimal");

const classic = { reasoning: null, acceptsMaxTokens: true, cache: "automatic" } as const;
const gpt5 = {
  reasoning: { efforts: ["minimal", "low", "medium", "high"], default: "medium" },
  acceptsMaxTokens: false,
  cache: "automatic",
} as const;
const marked = {
  reasoning: { efforts: LUNA, default: "medium" },
  acceptsMaxTokens: false,
  cache: "marked",
} as const;

function price(input: number, cached: number, output: number, cacheWrite = input) {
  return { input, cached, cacheWrite, output };
}

function model(id: string, rest: Omit<CatalogueModel, "id" | "snapshot"> & { snapshot?: string }): CatalogueModel {
  return { id, snapshot: id, ...rest };
}

/** The models of the contract, sections 0 and 10. */
export const CATALOGUE: readonly CatalogueModel[] = [
  model("gpt-4o-mini", {
    ...classic,
    snapshot: "gpt-4o-mini-2024-07-18",
    shutdownDate: "2027-01-14",
    context: 128_000,
    price: price(0.15, 0.075, 0.6),
  }),
  model("gpt-4.1-mini", {
    ...classic,
    snapshot: "gpt-4.1-mini-2025-04-14",
    shutdownDate: "2027-01-14",
    context: 1_000_000,
    price: price(0.4, 0.1, 1.6),
  }),
  model("gpt-4.1-nano", {
    ...classic,
    shutdownDate: "2026-10-23",
    context: 1_000_000,
    price: price(0.1, 0.025, 0.4),
  }),
  model("gpt-5-nano", { ...gpt5, shutdownDate: "2026-12-11", context: 400_000, price: price(0.05, 0.005, 0.4) }),
  model("gpt-5-mini", { ...gpt5, shutdownDate: "2026-12-11", context: 400_000, price: price(0.25, 0.025, 2) }),
  model("gpt-5.4-nano", {
    ...gpt5,
    reasoning: { efforts: ALL, default: "none" },
    shutdownDate: null,
    context: 400_000,
    price: price(0.2, 0.02, 1.25),
  }),
  model("gpt-5.6-luna", { ...marked, shutdownDate: null, context: 1_050_000, price: price(0.2, 0.02, 1.2, 0.25) }),
  model("gpt-6-luna", { ...marked, shutdownDate: null, context: 1_050_000, price: price(0.1, 0.01, 0.5, 0.125) }),
  model("gpt-6.1-terra", { ...marked, shutdownDate: null, context: 1_000_000, price: price(1, 0.05, 5, 1.25) }),
  model("gpt-6-sol", { ...marked, shutdownDate: null, context: 1_000_000, price: price(2, 0.2, 10, 2.5) }),
];

export function modelsAt(now: number): CatalogueModel[] {
  const today = new Date(now).toISOString().slice(0, 10);
  return CATALOGUE.filter(({ shutdownDate }) => shutdownDate === null || today < shutdownDate);
}

export function describeModel({ id, shutdownDate }: CatalogueModel) {
  return { id, object: "model", created: 1_767_225_600, owned_by: "system", shutdown_date: shutdownDate };
}
