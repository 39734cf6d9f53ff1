import type { Card, Pending } from "@dealscope/shared/card";
import { queryOptions } from "@tanstack/react-query";
import type { Page } from "../host/page.ts";
import type { Client } from "./client.ts";
import { asProblem } from "./problem.ts";

export type WidgetPage = Pick<Page, "accountId" | "userId">;

const SOON_MS = 1_000;
const LATER_MS = 5_000;
const AGAIN_MS = 15_000;
const LOOKS_AT_NEW = 12;

/** Everything the card shows. Asked for again by itself while a verdict is on its way, or the backend is away. */
export function cardQuery(client: Client, { accountId, userId }: WidgetPage, leadId: number) {
  return queryOptions({
    queryKey: ["card", accountId, userId, leadId],
    queryFn: ({ signal }) => client.ask<Card>(`/api/leads/${leadId}/card`, { signal }),
    refetchInterval: ({ state }) => {
      if (state.error) return isPassing(state.error) ? AGAIN_MS : false;
      return untilNextLook(state.data, state.dataUpdateCount);
    },
  });
}

/**
 * @param looks how often the card was read
 * @returns milliseconds, or false when nothing is awaited
 */
export function untilNextLook(card: Card | undefined, looks = 0): number | false {
  if (!card) return false;
  // A task on its way to Kommo; or a lead that has just been made, whose news have not reached us.
  const isNew = card.verdict === null && looks < LOOKS_AT_NEW;
  const { hold, joining } = card.committee;
  // A deal that is held may be let go by what somebody else does.
  const isAwaited = card.task?.state === "due" || isNew || hold !== null;
  if (joining.some(({ state }) => state === "waiting")) return SOON_MS;
  if (!card.pending) return isAwaited ? LATER_MS : false;
  if (card.pending.state === "stuck") return false;
  const dueInMs = Date.parse(card.pending.dueAt) - Date.parse(card.at);
  return dueInMs > LATER_MS ? LATER_MS : SOON_MS;
}

function isPassing(error: Error): boolean {
  const { code, detail } = asProblem(error);
  return !detail.ofTrade && ["unavailable", "unreachable", "offline", "too_many_requests"].includes(code);
}

export function sessionQuery(client: Client, { accountId, userId }: WidgetPage) {
  return queryOptions({
    queryKey: ["session", accountId, userId],
    queryFn: () => client.session(),
    // Asking again costs one of Kommo's one-time tokens: only a person does.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

export const requalify = (client: Client, leadId: number) => () =>
  client.ask<Pending>(`/api/leads/${leadId}/requalify`, { method: "POST" });

export interface OverrideWish {
  segment: string | null;
  score: number | null;
  reason: string;
  expiresAt: string | null;
}

export const setOverride = (client: Client, leadId: number) => (wish: OverrideWish) =>
  client.ask<Card>(`/api/leads/${leadId}/override`, { method: "POST", body: wish });

export const clearOverride = (client: Client, leadId: number) => () =>
  client.ask<Card>(`/api/leads/${leadId}/override`, { method: "DELETE" });

/** Makes the verdict's next action a task in Kommo. */
export const makeTask = (client: Client, leadId: number) => (text: string) =>
  client.ask<Card>(`/api/leads/${leadId}/task`, { method: "POST", body: { text } });
