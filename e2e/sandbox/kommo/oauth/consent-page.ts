import type { World } from "../world.ts";

/** A person chooses whose account to connect. The real page knows who is signed in; here everybody is listed. */
export function consentPage(world: World, query: Record<string, string>): string {
  const choices = world.accounts.all().flatMap((account) =>
    [...account.users.values()].map((user) => {
      const kept = { client_id: query.client_id!, state: query.state ?? "", mode: query.mode ?? "" };
      const who = { ...kept, account: String(account.id), user_id: String(user.id) };
      const link = (decision: string) => `/oauth/decision?${new URLSearchParams({ ...who, decision })}`;
      const label = escapeHtml(`${user.name}${user.is_admin ? ", administrator" : ""} of ${account.subdomain}`);
      return `<li>${label}: <a href="${escapeHtml(link("allow"))}">Allow</a> · <a href="${escapeHtml(link("deny"))}">Deny</a></li>`;
    }),
  );
  return `<!doctype html><title>Grant access</title><h1>Grant access</h1><ul>${choices.join("\n")}</ul>`;
}

/** `mode=popup`: this window closes and the one that opened it goes on to the redirect URI. */
export function popupPage(url: string): string {
  const target = JSON.stringify(url).replaceAll("<", "\\u003c");
  return `<!doctype html><script>
    const target = ${target};
    if (window.opener) { window.opener.location = target; window.close(); } else location = target;
  </script>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
