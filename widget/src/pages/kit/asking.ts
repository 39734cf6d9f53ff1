import { keepPreviousData, type UseMutationResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Wish } from "../../api/client.ts";
import { useShell } from "../../shell.tsx";

interface Options<Answer> {
  isWanted?: boolean;
  /** Milliseconds until it is asked again by itself; false when nothing is awaited. */
  again?: (answer: Answer | undefined) => number | false;
  /** What another address said last stands here until this one answers. */
  keepsLast?: boolean;
}

/** What the backend says at an address of its API. */
export function useAnswer<Answer>(path: string, { isWanted = true, again, keepsLast }: Options<Answer> = {}) {
  const { client } = useShell();
  const keyOf = useKeys();
  return useQuery<Answer>({
    queryKey: keyOf(path),
    queryFn: ({ signal }) => client.ask<Answer>(path, { signal }),
    enabled: isWanted,
    ...(keepsLast ? { placeholderData: keepPreviousData } : {}),
    ...(again ? { refetchInterval: ({ state }) => again(state.data) } : {}),
  });
}

/** Belongs to one user of one account, as the query client outlives pages. */
function useKeys() {
  const { accountId, userId } = useShell().page;
  return (path: string) => ["pages", accountId, userId, path];
}

export type Ask = <Answer>(path: string, wish?: Wish) => Promise<Answer>;

/** Something that a person has done. @param act sends it */
export function useAction<Answer, What = void>(
  act: (ask: Ask, what: What) => Promise<Answer>,
  onDone?: (answer: Answer, what: What) => void,
): UseMutationResult<Answer, Error, What> {
  const { client } = useShell();
  return useMutation<Answer, Error, What>({
    mutationFn: (what) => act((path, wish) => client.ask(path, wish), what),
    ...(onDone ? { onSuccess: onDone } : {}),
  });
}

/** Writes into what is known already, and has it asked for again. */
export function useKnown() {
  const queries = useQueryClient();
  const keyOf = useKeys();
  return {
    set: <Answer>(path: string, answer: Answer) => void queries.setQueryData(keyOf(path), answer),
    refresh: (path: string) => queries.invalidateQueries({ queryKey: keyOf(path) }),
    /** Whatever begins with it. */
    refreshBelow: (path: string) =>
      queries.invalidateQueries({
        queryKey: keyOf(path).slice(0, -1),
        predicate: ({ queryKey }) => String(queryKey.at(-1)).startsWith(path),
      }),
  };
}
