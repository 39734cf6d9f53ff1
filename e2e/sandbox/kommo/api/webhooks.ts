import { z } from "zod";
import { notAChoice, refuse } from "../crm/invalid-item.ts";
import { HOOK_CODES } from "../hooks/codes.ts";
import type { Plan } from "../state/account.ts";
import type { Webhook } from "../state/settings.ts";
import type { Api } from "./api.ts";
import { parseItem, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { Filter } from "./filter.ts";
import { list } from "./paging.ts";
import { forbidden, notFound, Problem } from "./problem.ts";

const MOST = 100;
const PLANS: readonly Plan[] = ["trial", "advanced", "pro", "enterprise", "technical"];

const hookInput = z.object({ destination: z.url(), settings: z.array(z.string()).min(1), sort: z.int().optional() });

/** The key of a hook is its destination. */
export function webhookRoutes(api: Api): void {
  api.get("/webhooks", (call) => {
    // Here, unlike elsewhere, a lack of rights is a 401.
    if (!call.user.is_admin) throw new Problem(401, "Unauthorized");
    checkPlan(call);
    const destination = new Filter(call).text("destination");
    const hooks = [...call.account.webhooks.values()].filter(
      (hook) => destination === undefined || hook.destination === destination,
    );
    return list(call, hooks, {
      path: "/webhooks",
      name: "webhooks",
      totals: true,
      render: (hook) => renderHook(call, hook),
    });
  });

  api.post("/webhooks", (call) => {
    if (!call.user.is_admin) throw forbidden();
    checkPlan(call);
    return writeOne(
      call,
      (item) => readHook(call, item),
      (wish) => renderHook(call, subscribe(call, wish)),
    );
  });

  api.delete("/webhooks", (call) => {
    if (!call.user.is_admin) throw forbidden();
    checkPlan(call);
    const { destination } = (call.body ?? {}) as { destination?: string };
    if (!destination || !call.account.webhooks.delete(destination)) throw notFound();
    return undefined;
  });
}

function readHook(call: Call, item: unknown): z.output<typeof hookInput> {
  const wish = parseItem(hookInput, item);
  const unknown: readonly string[] = call.account.switches.unknownHookCodes;
  const isKnown = (code: string) => HOOK_CODES.has(code) && !unknown.includes(code);
  refuse(wish.settings.flatMap((code, index) => (isKnown(code) ? [] : [notAChoice(`settings.${index}`)])));
  return wish;
}

function subscribe(call: Call, wish: z.output<typeof hookInput>): Webhook {
  const { account } = call;
  const now = account.clock.seconds();
  const known = account.webhooks.get(wish.destination);
  if (known) {
    const kept = account.switches.webhookPost === "merges" ? known.settings : [];
    known.settings = new Set([...kept, ...wish.settings]);
    known.sort = wish.sort ?? known.sort;
    known.updated_at = now;
    // Saving is what switches a disabled hook on again.
    known.disabled = false;
    known.failures = [];
    return known;
  }
  if (account.webhooks.size >= MOST) throw new Problem(400, `There can be at most ${MOST} webhooks.`);
  const hook: Webhook = {
    id: account.ids.next("webhook"),
    destination: wish.destination,
    settings: new Set(wish.settings),
    sort: wish.sort ?? account.webhooks.size + 1,
    created_at: now,
    updated_at: now,
    created_by: call.user.id,
    client_id: call.token.grant.integration.client_id,
    disabled: false,
    failures: [],
  };
  account.webhooks.set(hook.destination, hook);
  call.created += 1;
  return hook;
}

function checkPlan(call: Call): void {
  if (PLANS.includes(call.account.plan)) return;
  throw new Problem(call.account.switches.webhookPlanRefusal, "Endpoint not available for current account tariff");
}

function renderHook(call: Call, { failures: _, client_id: __, settings, ...hook }: Webhook): object {
  return { ...hook, account_id: call.account.id, settings: [...settings] };
}
