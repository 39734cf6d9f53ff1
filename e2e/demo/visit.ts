import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "./stage.ts";
import { VerdictTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";
import type { Watch } from "./watch.ts";

const LOOK_EVERY_MS = 200;

/** Goes on showing what a visitor does, until it is broken off. */
export async function stayOpen(watch: Watch, stage: Stage, terminal: Terminal): Promise<never> {
  for (const line of invitation(stage)) terminal.line(line);
  const table = new VerdictTable(terminal.width);
  while (true) {
    for (const finding of await watch.look()) terminal.line(table.row(finding));
    terminal.progress("running until Ctrl-C; leads of yours appear above this line");
    await sleep(LOOK_EVERY_MS);
  }
}

function invitation(stage: Stage): string[] {
  const control = `${stage.kommo.origin}/_sandbox`;
  const lead = { name: "My lead", note: "We need 20 seats, budget approved, today" };
  return [
    "",
    `${paint("bold", "  The page")}          ${paint("cyan", `${stage.kommo.origin}/`)}   board, cards, settings: open it in a browser`,
    `${paint("bold", "  Mails")}             ${paint("cyan", `${stage.customerIo.origins.us}/`)}   drag a deal on the board, open the mail it causes`,
    "                    here three times as the client, and see the call task on the deal's card",
    ...keysOf(stage),
    "",
    paint("bold", "  A lead of yours"),
    `    curl ${control}/leads/create --json \\`,
    `      '${JSON.stringify(lead)}'`,
    `${paint("bold", "  What Kommo has")}    ${control}/leads/read`,
    `${paint("bold", "  More to do")}        e2e/sandbox/kommo/README.md: chat, move, let Kommo fail`,
    `${paint("bold", "  API of the server")} ${stage.serverUrl}/api/docs`,
    "",
  ];
}

/** Whoever disconnects Customer.io in the widget needs them to connect it again. */
function keysOf({ customerIo: { control } }: Stage): string[] {
  const [workspace] = control.workspaces.list({});
  if (!workspace) return [];
  const { id, site_id, track_keys, app_keys } = workspace;
  return [
    `${paint("bold", "  Its keys")}          Site ID ${site_id}, Track API key ${track_keys[0]}`,
    `                    App API key ${app_keys[0]}`,
    `                    signing key ${control.webhooks.signingKey({ workspace: id }).key}`,
  ];
}
