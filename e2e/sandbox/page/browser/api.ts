import type { Boot } from "../wire.ts";
import { post } from "./http.ts";

export const boot: Boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");

/** Does something in the account as the person who is signed in. */
export function act<T = unknown>(action: string, input: object): Promise<T> {
  return post<T>(`/_sandbox/${action}`, { account: boot.account.id, user_id: boot.user.id, ...input });
}
