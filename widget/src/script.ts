import { createElement, type ReactNode } from "react";
import { Client } from "./api/client.ts";
import { queryClient } from "./api/query-client.ts";
import { SessionHolder } from "./api/session.ts";
import { CardApp } from "./card/card-app.tsx";
import type { KommoWidget } from "./host/kommo.ts";
import { readLeadId, readPage } from "./host/page.ts";
import { actionPlace, advancedPlace, cardPlace, settingsPlace } from "./host/places.ts";
import { Roots } from "./host/roots.ts";
import { Words } from "./i18n/words.ts";
import type { Pages } from "./pages.tsx";
import type { Shell } from "./shell.tsx";
import { Notice } from "./ui/notice.tsx";

/** What Kommo makes a widget of: at each page anew, after it has given `this` the methods of a widget. */
export function Dealscope(this: KommoWidget): KommoWidget {
  const widget = this;
  const roots = new Roots(widget);
  const pageChanged = `page:changed${widget.ns ?? ".dealscope"}`;
  let shownLead: number | undefined;

  const shell = (): Shell => {
    const page = readPage(widget);
    return {
      client: new Client(new SessionHolder(widget, page)),
      queryClient,
      page,
      words: new Words(widget.langs, page.language),
    };
  };

  const showCard = (container: Element | null) => {
    shownLead = readLeadId();
    if (container && shownLead !== undefined) roots.mount(container, createElement(CardApp, { shell: shell() }));
  };

  const showPage = (container: Element | null | undefined, view: (pages: Pages, shell: Shell) => ReactNode) => {
    if (!container) return;
    load(
      [`./${PAGES_FILE}`],
      (pages) => {
        if (!container.isConnected) return;
        const stands = shell();
        stands.client.forgetSession();
        roots.mount(container, view(pages as Pages, stands));
      },
      () => {
        const text = shell().words.t("error.failed");
        if (container.isConnected) roots.mount(container, createElement(Notice, { kind: "error", children: text }));
      },
    );
  };

  let panel: Element | null = null;

  /** Kommo tells that another page is shown, which may come before or after it has called `destroy`. */
  const onPageChanged = () => {
    if (panel?.isConnected && readLeadId() === shownLead) return;
    roots.endAll();
    if (panel?.isConnected) showCard(panel);
  };

  this.callbacks = {
    render() {
      roots.endAll();
      if (readLeadId() !== undefined) {
        panel = cardPlace(widget);
        showCard(panel);
      }
      return true;
    },
    init() {
      return true;
    },
    bind_actions() {
      jQuery(document).off(pageChanged, onPageChanged);
      jQuery(document).on(pageChanged, onPageChanged);
      return true;
    },
    settings(modalBody) {
      showPage(settingsPlace(modalBody, readPage(widget).code), (pages, stands) => pages.settings(stands));
      return true;
    },
    advancedSettings() {
      showPage(advancedPlace(readPage(widget).code), (pages, stands) => pages.advanced(stands));
      return true;
    },
    dpSettings() {
      const place = actionPlace(readPage(widget).code);
      showPage(place?.container, (pages, stands) => place && pages.digitalPipeline(stands, place));
      return true;
    },
    onSave() {
      return true;
    },
    destroy() {
      jQuery(document).off(pageChanged, onPageChanged);
      roots.endAll();
    },
  };
  return this;
}
