import { readdirSync } from "node:fs";
import { join } from "node:path";
import { TASK_TYPES } from "../kommo/api/account.ts";
import { hostOf } from "../kommo/state/account.ts";
import type { Pipeline, User } from "../kommo/state/settings.ts";
import type { Switches } from "../kommo/switches.ts";
import type { Visitor } from "./visitor.ts";
import type { Boot, PipelineRow, UserRow } from "./wire.ts";

const STYLES = readdirSync(join(import.meta.dirname, "styles")).sort();

/** The same document at every address; its scripts build the page that the address names. */
export function documentFor(visitor: Visitor, switches: Switches): string {
  const boot = JSON.stringify(bootOf(visitor, switches)).replaceAll("<", "\\u003c");
  const dark = visitor.theme === "dark" ? ' data-color-scheme="dark" data-crm-ui-kit-theme="alternative"' : "";
  const links = STYLES.map((name) => `<link rel="stylesheet" href="/frontend/css/${name}">`).join("\n");
  return `<!doctype html>
<html lang="en"${dark}>
<head>
<meta charset="utf-8">
<title>Kommo sandbox</title>
<link rel="icon" href="data:,">
${links}
</head>
<body>
<script type="application/json" id="boot">${boot}</script>
<script src="/frontend/js/require.js"></script>
<script type="module" src="/frontend/page/main.ts"></script>
</body>
</html>
`;
}

function bootOf({ account, user, theme }: Visitor, switches: Switches): Boot {
  const { id, subdomain, name, currency, language } = account;
  return {
    account: { id, subdomain, name, currency, language, host: hostOf(account) },
    user: userRow(user),
    users: [...account.users.values()].map(userRow),
    groups: [{ id: 0, name: "Sales department" }, ...account.groups.values()].map(({ id, name }) => ({ id, name })),
    taskTypes: TASK_TYPES.map(({ id, name }) => ({ id, name })),
    pipelines: [...account.pipelines.values()].map(pipelineRow),
    theme,
    loader: {
      initOrder: switches.widgetInitOrder,
      renderDelayMs: switches.widgetRenderDelayMs,
      initOnce: switches.widgetInitOnce,
    },
  };
}

function userRow({ id, name, email, uuid, lang, is_admin, group_id }: User): UserRow {
  return { id, name, email, uuid, lang, is_admin, group_id };
}

export function pipelineRow({ id, name, statuses }: Pipeline): PipelineRow {
  const stages = [...statuses.values()].map(({ id, name, color, type }) => ({ id, name, color, type }));
  return { id, name, stages };
}
