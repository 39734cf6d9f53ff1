import { z } from "zod";

/** What one of Kommo's one-time tokens is traded for. */
export const Session = z.object({
  /** For `Authorization: Bearer`. */
  token: z.string(),
  /** ISO time in UTC. */
  expiresAt: z.iso.datetime(),
  /** With `needs_reconnect` the kept data is shown, and nothing new comes in until an administrator reconnects. */
  accountStatus: z.enum(["active", "needs_reconnect"]),
  isAdmin: z.boolean(),
  userName: z.string(),
});
export type Session = z.infer<typeof Session>;

/** Where an administrator allows Dealscope into the account: Kommo's consent window. Good for 20 minutes. */
export const ConnectAddress = z.object({ url: z.url() });
export type ConnectAddress = z.infer<typeof ConnectAddress>;
