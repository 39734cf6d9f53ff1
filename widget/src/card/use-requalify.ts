import type { Card } from "@dealscope/shared/card";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { cardQuery, requalify } from "../api/queries.ts";
import { useShell } from "../shell.tsx";
import { type Judged, newerThan } from "./changes.ts";

export interface Requalifying {
  ask: () => void;
  /** Asked for by this person and not there yet. */
  isJudging: boolean;
  error: Error | null;
  /** What came of it, until it is dismissed. */
  outcome: { before: Judged; after: Judged } | undefined;
  dismiss: () => void;
}

/** Has the lead judged again, and remembers from what, so that the card can tell what has changed. */
export function useRequalify(card: Card | undefined, leadId: number): Requalifying {
  const { client, page } = useShell();
  const queries = useQueryClient();
  /** The verdict that stood when the person asked: null for none, undefined when nobody asked. */
  const [askedAt, setAskedAt] = useState<number | null>();
  const { queryKey } = cardQuery(client, page, leadId);
  const again = useMutation({
    mutationFn: requalify(client, leadId),
    onMutate: () => setAskedAt(card?.verdict?.id ?? null),
    onError: () => setAskedAt(undefined),
    onSuccess: async (pending) => {
      // An answer that was on its way knows nothing of what was just asked for.
      await queries.cancelQueries({ queryKey });
      queries.setQueryData(queryKey, (known) => known && { ...known, pending });
    },
  });
  const isPending = card !== undefined && card.pending !== null && card.pending.state !== "stuck";
  const isJudging = again.isPending || (isPending && askedAt !== undefined);
  return {
    ask: () => again.mutate(),
    isJudging,
    error: again.error,
    outcome: card === undefined || askedAt === undefined || isJudging ? undefined : newerThan(card, askedAt),
    dismiss: () => setAskedAt(undefined),
  };
}
