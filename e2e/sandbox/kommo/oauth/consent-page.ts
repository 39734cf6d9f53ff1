import type { World } from "../world.ts";

const STYLE = `
  body { max-width: 34rem; margin: 3rem auto; padding: 0 1.5rem; color: #363b44; font: 15px "PT Sans", Arial, sans-serif; }
  ul { padding: 0; list-style: none; }
  li { padding: 0.8rem 0; border-top: 1px solid #e3e3e3; }
  a { color: #1375ab; font-weight: bold; }`;

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
  return `<!doctype html><meta charset="utf-8"><title>Grant access</title>
<style>${STYLE}</style>
<h1>Grant access</h1><p>The integration asks for access to the data of an account. Who are you?</p>
<ul>${choices.join("\n")}</ul>`;
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
