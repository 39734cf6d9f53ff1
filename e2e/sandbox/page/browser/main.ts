import { publishApp } from "./host/app.ts";
import type { Page } from "./host/page.ts";
import { sandbox } from "./host/recorder.ts";
import { type Navigate, Router } from "./host/router.ts";
import { buildShell } from "./host/shell.ts";
import { setTraps } from "./host/traps.ts";
import { AdvancedPage } from "./pages/advanced.ts";
import { Board } from "./pages/board.ts";
import { Card } from "./pages/card.ts";
import { ContactPage } from "./pages/contact.ts";
import { PipelineSettings } from "./pages/pipeline-settings.ts";
import { SettingsPage } from "./pages/settings.ts";
import { setTheme } from "./ui/theme.ts";
import { defineHostModules } from "./widgets/plugins.ts";

const REFRESH_AFTER_MS = 80;

setTraps();
defineHostModules();
publishApp();
window.sandbox = sandbox;
requirejs(["jquery", "underscore"], () => void start());

async function start(): Promise<void> {
  const navigate: Navigate = (path) => router.navigate(path);
  const pageAt = (path: string) => pageOf(path, navigate, () => router);
  const router = new Router(buildShell(navigate), pageAt);
  Object.assign(sandbox, { navigate, setTheme });
  await router.start();
  followChanges(router);
}

function pageOf(path: string, navigate: Navigate, router: () => Router): Page {
  const [section, kind, id] = path.split("/").filter(Boolean);
  if (section === "settings" && kind === "pipeline") return new PipelineSettings(Number(path.split("/")[4]), router);
  if (section === "settings") return id ? new AdvancedPage(id, navigate) : new SettingsPage(router);
  if (section === "contacts") return new ContactPage(Number(id), navigate);
  if (kind === "detail") return new Card(Number(id), navigate);
  if (kind === "add") return new Card(0, navigate);
  return new Board(Number(id) || 0, navigate);
}

/** Whatever changes in the account is shown a moment later; many changes at once are one look. */
function followChanges(router: Router): void {
  let timer: number | undefined;
  const look = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void router.refresh(), REFRESH_AFTER_MS);
  };
  const stream = new EventSource("/ajax/page/live");
  stream.onmessage = look;
  // What happened while it was away.
  stream.onopen = look;
}
