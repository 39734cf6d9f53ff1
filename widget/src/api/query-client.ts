import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "./problem.ts";

/** Who chooses quickly among many pictures asks too often for a moment: that is waited for, and told to nobody. */
const PATIENCE = 5;
/** A refusal for longer is not about haste: it is told, and the person decides. */
const A_MOMENT_SECONDS = 2;

const wasTooFast = (error: unknown) => asProblem(error).code === "too_many_requests";
const asksFor = (error: unknown) => asProblem(error).detail.retryAfterSeconds ?? 1;
const retryDelay = (_: number, error: unknown) => asksFor(error) * 1_000 * (1 + Math.random() / 2);

/** Outlives the widgets that Kommo makes anew for each card, so that going back shows at once what was known. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // What is offline or away is told as a failure, with words, and not waited for in silence.
    queries: {
      retry: (failures, error) => failures < PATIENCE && wasTooFast(error),
      retryDelay,
      staleTime: 5_000,
      gcTime: 10 * 60_000,
      networkMode: "always",
      refetchOnReconnect: true,
    },
    mutations: {
      retry: (failures, error) => failures < PATIENCE && wasTooFast(error) && asksFor(error) <= A_MOMENT_SECONDS,
      retryDelay,
      networkMode: "always",
    },
  },
});
