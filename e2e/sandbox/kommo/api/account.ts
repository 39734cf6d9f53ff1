import type { Api } from "./api.ts";
import type { Call } from "./call.ts";

export function accountRoutes(api: Api): void {
  api.get("/account", (call) => {
    const { account, user } = call;
    return {
      id: account.id,
      name: account.name,
      subdomain: account.subdomain,
      language: account.language,
      created_at: account.created_at,
      created_by: 0,
      updated_at: account.created_at,
      updated_by: 0,
      current_user_id: user.id,
      country: "US",
      currency: account.currency,
      currency_symbol: account.currency === "USD" ? "$" : account.currency,
      customers_mode: "unavailable",
      is_unsorted_on: true,
      is_loss_reason_enabled: true,
      is_helpbot_enabled: false,
      is_technical_account: account.plan === "technical",
      contact_name_display_order: 1,
      mobile_feature_version: 0,
      ...(call.with("amojo_id") ? { amojo_id: account.amojo_id } : {}),
      ...(call.with("version") ? { version: 9 } : {}),
      ...(call.with("drive_url") ? { drive_url: `https://drive-c.${account.top_level_domain}` } : {}),
      _links: { self: { href: `${call.origin}/api/v4/account` } },
      _embedded: embedded(call),
    };
  });
}

/** Only what was asked for with `with`. */
function embedded(call: Call): object {
  const { account } = call;
  const parts: Record<string, () => unknown> = {
    amojo_rights: () => ({ can_direct: true, can_create_groups: true }),
    users_groups: () => [{ id: 0, name: "Sales department", uuid: null }, ...account.groups.values()],
    task_types: () => TASK_TYPES,
    entity_names: () => ({ leads: { en: { singular: "Lead", plural: "Leads" } } }),
    datetime_settings: () => ({
      date_pattern: "m/d/Y H:i",
      short_date_pattern: "m/d/Y",
      short_time_pattern: "H:i",
      date_format: "m/d/Y",
      time_format: "H:i:s",
      timezone: account.timezone,
      timezone_offset: offsetText(account.timezone_offset),
    }),
  };
  const wanted = Object.entries(parts).filter(([name]) => call.with(name));
  return Object.fromEntries(wanted.map(([name, part]) => [name, part()]));
}

export const TASK_TYPES = [
  { id: 1, name: "Follow-up", color: null, icon_id: null, code: "FOLLOW_UP" },
  { id: 2, name: "Meeting", color: null, icon_id: null, code: "MEETING" },
];

function offsetText(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.abs(seconds) / 60;
  return `${seconds < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`;
}
