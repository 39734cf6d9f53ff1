import { QueryClient } from "@tanstack/react-query";

/** Outlives the widgets that Kommo makes anew for each card, so that going back shows at once what was known. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // What is offline or away is told as a failure, with words, and not waited for in silence.
    queries: { retry: false, staleTime: 5_000, gcTime: 10 * 60_000, networkMode: "always", refetchOnReconnect: true },
    mutations: { retry: false, networkMode: "always" },
  },
});
