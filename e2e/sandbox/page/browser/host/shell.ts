import { act, boot } from "../api.ts";
import { remember } from "../http.ts";
import { el, icon } from "../ui/dom.ts";
import { ICONS } from "../ui/icons.ts";
import { setTheme } from "../ui/theme.ts";
import type { Navigate } from "./router.ts";

const LANGUAGES: Record<string, string> = {
  en: "English",
  es: "Español",
  pt: "Português",
  tr: "Türkçe",
  id: "Bahasa Indonesia",
};

/** Sections that the sandbox has, and pictures of those that it has not. */
const SECTIONS: [name: string, path: string, address: string | undefined][] = [
  ["Dashboard", ICONS.dashboard, undefined],
  ["Leads", ICONS.leads, "/leads/pipeline/"],
  ["Chats", ICONS.chats, undefined],
  ["Calendar", ICONS.calendar, undefined],
  ["Lists", ICONS.lists, undefined],
  ["Stats", ICONS.stats, undefined],
  ["Settings", ICONS.settings, "/settings/widgets/"],
];

/** What stands around every page. @returns where pages go */
export function buildShell(navigate: Navigate): HTMLElement {
  const holder = el("div", { id: "page_holder" });
  const menu = el(
    "nav",
    { id: "left_menu", attributes: { "aria-label": "Sections" } },
    ...SECTIONS.map((section) => sectionLink(section, navigate)),
    visitorMenu(),
  );
  document.body.append(menu, el("main", { id: "page" }, holder));
  return holder;
}

function sectionLink([name, path, address]: (typeof SECTIONS)[number], navigate: Navigate): HTMLElement {
  const content = [icon(path), el("span", {}, name)];
  if (!address)
    return el("span", { class: "left-menu__item is-off", attributes: { "aria-hidden": "true" } }, ...content);
  return el("a", { class: "left-menu__item", href: address, onclick: going(navigate, address) }, ...content);
}

/** A link of this page, which opens in a new tab as links do. */
export function going(navigate: Navigate, address: string) {
  return (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void navigate(address);
  };
}

/** Who is looking, in which language and by which light: everybody may be anybody here. */
function visitorMenu(): HTMLElement {
  const { user, users, theme } = boot;
  const initials = user.name
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .join("")
    .slice(0, 2);
  const people = users.map(
    ({ id, name, is_admin }) => [String(id), `${name}${is_admin ? ", administrator" : ""}`] as const,
  );
  return el(
    "details",
    { class: "visitor-menu" },
    el(
      "summary",
      { title: user.name, attributes: { "aria-label": `${initials}: signed in as ${user.name}` } },
      initials,
    ),
    el(
      "div",
      { class: "visitor-menu__body" },
      chooser("Signed in as", people, String(user.id), async (id) => {
        await remember("sandbox_user", id);
        location.reload();
      }),
      chooser("Language", Object.entries(LANGUAGES), user.lang, async (lang) => {
        await act("accounts/change-user", { lang });
        location.reload();
      }),
      chooser(
        "Theme",
        [
          ["light", "Light"],
          ["dark", "Dark"],
        ],
        theme,
        (chosen) => changeTheme(chosen as "light" | "dark"),
      ),
    ),
  );
}

function changeTheme(theme: "light" | "dark"): void {
  void remember("sandbox_theme", theme);
  setTheme(theme);
}

function chooser(
  label: string,
  choices: readonly (readonly [string, string])[],
  chosen: string,
  choose: (value: string) => void,
): HTMLElement {
  const options = choices.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
  const select = el("select", { class: "host-select", onchange: () => choose(select.value) }, ...options);
  return el("label", {}, el("span", {}, label), select);
}
