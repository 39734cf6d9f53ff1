import type { Card } from "@dealscope/shared/card";
import type { Committee } from "@dealscope/shared/committee";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { cardQuery } from "../../api/queries.ts";
import { useShell } from "../../shell.tsx";
import { type CommitteeRequest, send } from "./requests.ts";

interface Wish {
  request: CommitteeRequest;
  /** What the committee looks like when it has worked, shown at once. For what can hardly be refused. */
  ahead?: (committee: Committee) => Committee;
}

/**
 * Changes something about the people of a deal. Changes go one after the other, and only the answer to the last one is
 * shown: those before it know nothing of what was clicked since.
 */
export function useCommitteeChange(leadId: number, onDone?: () => void) {
  const { client, page } = useShell();
  const queries = useQueryClient();
  const { queryKey } = cardQuery(client, page, leadId);
  const mutationKey = ["committee", leadId];
  return useMutation<Card, Error, Wish, Card | undefined>({
    mutationKey,
    scope: { id: mutationKey.join(" ") },
    mutationFn: ({ request }) => send(client, leadId, request),
    onMutate: async ({ ahead }) => {
      // An answer that is on its way knows nothing of this.
      await queries.cancelQueries({ queryKey });
      const before = queries.getQueryData(queryKey);
      if (ahead && before) queries.setQueryData(queryKey, { ...before, committee: ahead(before.committee) });
      return before;
    },
    onError: (_error, { ahead }, before) => {
      if (ahead && before) queries.setQueryData(queryKey, before);
      void queries.invalidateQueries({ queryKey });
    },
    onSuccess: (fresh) => {
      if (queries.isMutating({ mutationKey }) <= 1) queries.setQueryData(queryKey, fresh);
      onDone?.();
    },
  });
}

/** A change of one member of a committee. */
export const withMember =
  (contactId: number, part: Partial<Committee["members"][number]>) =>
  (committee: Committee): Committee => ({
    ...committee,
    members: committee.members.map((member) => (member.contactId === contactId ? { ...member, ...part } : member)),
  });

/** Somebody whom Kommo is asked to add. */
export const withJoining =
  (name: string) =>
  (committee: Committee): Committee => ({
    ...committee,
    joining: [...committee.joining, { name, state: "waiting", why: null }],
  });
