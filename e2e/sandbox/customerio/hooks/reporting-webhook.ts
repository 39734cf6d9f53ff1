import { z } from "zod";

export const webhookBody = z.object({
  name: z.string().min(1),
  endpoint: z.url({ protocol: /^https?$/ }),
  events: z.array(z.string().regex(/^(customer|email|sms|push|in_app|slack|webhook|whatsapp)_[a-z_]+$/)).min(1),
  full_resolution: z.boolean().default(false),
  with_content: z.boolean().default(false),
  disabled: z.boolean().default(false),
});

export type ReportingWebhook = z.output<typeof webhookBody> & { id: number; type: "webhook" };

/** How the sender signs; all but `right` are mishaps a receiver has to tell from attacks. */
export type Signing = "right" | "wrong-key" | "no-header" | "tampered-body";
