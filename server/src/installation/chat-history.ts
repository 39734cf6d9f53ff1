import type { KommoClient } from "../kommo/client.ts";
import { KommoForbidden, KommoNotFound } from "../kommo/errors.ts";
import type { Provisioned } from "./provisioning.ts";

type ChatHistory = NonNullable<Provisioned["chatHistory"]>["state"];

/** How tokens call the scope "External chat history". */
const SCOPE = /external_messages/;

/** Whether what was said before the installation can be read: tried on a talk, because what the token says is only a hint. */
export async function chatHistoryOf(
  kommo: KommoClient,
  talkId: number | undefined,
  scopes: readonly string[] | null,
): Promise<ChatHistory> {
  if (talkId === undefined) return scopes && !scopes.some((scope) => SCOPE.test(scope)) ? "no_scope" : "unknown";
  try {
    await kommo.messagesOfTalk(talkId, new Date());
    return "available";
  } catch (error) {
    if (error instanceof KommoForbidden) return error.status === 402 ? "no_plan" : "no_scope";
    if (error instanceof KommoNotFound) return "unknown";
    throw error;
  }
}
