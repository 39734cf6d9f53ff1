import type { Timeline, TimelineEntry } from "@dealscope/shared/engagement-panel";
import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useShell } from "../../shell.tsx";

type Pages = InfiniteData<Timeline, string | null>;

/**
 * The timeline page by page. The first page comes with the card; older ones are asked for. When the first changes, the
 * older ones are asked for anew, for what has slid from one page to the next would be missing between them.
 */
export function useTimeline(leadId: number, first: Timeline) {
  const { client, page } = useShell();
  const queries = useQueryClient();
  const { accountId, userId } = page;
  const asCard: Pages = { pages: [first], pageParams: [null] };
  const query = useInfiniteQuery({
    queryKey: ["timeline", accountId, userId, leadId],
    queryFn: ({ pageParam, signal }) => {
      const before = pageParam === null ? "" : `?before=${encodeURIComponent(pageParam)}`;
      return client.ask<Timeline>(`/api/leads/${leadId}/engagement${before}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }: Timeline) => next,
    initialData: asCard,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { refetch } = query;
  useEffect(() => {
    const queryKey = ["timeline", accountId, userId, leadId];
    const known = queries.getQueryData<Pages>(queryKey);
    if (known?.pages[0] === first) return;
    if (known && known.pages.length > 1) void refetch();
    else queries.setQueryData<Pages>(queryKey, { pages: [first], pageParams: [null] });
  }, [queries, accountId, userId, leadId, first, refetch]);
  const told = query.data.pages.flatMap(({ entries }) => entries);
  return {
    entries: [...new Map<string, TimelineEntry>(told.map((entry) => [entry.id, entry])).values()],
    hasOlder: query.hasNextPage,
    error: query.error,
    isAsking: query.isFetching,
    /** @returns whether there are still older ones */
    askOlder: async () => {
      const { data } = await (query.isRefetchError ? refetch() : query.fetchNextPage());
      return data?.pages.at(-1)?.next !== null;
    },
  };
}
