import { boot } from "../api.ts";
import type { CardModel } from "./card-model.ts";
import { notifications } from "./notifications.ts";
import { sandbox } from "./recorder.ts";
import { watched } from "./watch.ts";

export interface CurrentCard {
  /** 0 on a card that was never saved. */
  id: number;
  model: CardModel;
}

interface AppData {
  is_card: boolean;
  current_card: CurrentCard | false;
  current_entity: string;
  entity_changed: boolean;
}

const { account, user, users, groups } = boot;

const CONSTANTS: Record<string, unknown> = {
  user: { id: user.id, login: user.email, name: user.name, uuid: user.uuid, theme: boot.theme === "dark" ? 2 : 1 },
  account: {
    id: account.id,
    subdomain: account.subdomain,
    name: account.name,
    currency: account.currency,
    language: user.lang,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    cf: {},
  },
  user_rights: { is_admin: user.is_admin },
  managers: Object.fromEntries(
    users.map(({ id, name, email, is_admin }) => [id, { id, title: name, login: email, is_admin, active: true }]),
  ),
  groups: Object.fromEntries(groups.map(({ id, name }) => [`group_${id}`, name])),
  task_types: Object.fromEntries(boot.taskTypes.map(({ id, name }) => [id, { id, option: name }])),
};

/** Kommo's own object, which the host may write to. */
export const app = {
  data: { is_card: false, current_card: false, current_entity: "", entity_changed: false } as AppData,
  lang_id: user.lang,
  notifications,
  area: "",
  widgets: { list: {} as Record<string, unknown> },
  constant: (name: string) => CONSTANTS[name],
  getWidgetsArea: () => app.area,
  isCard: () => app.data.is_card,
  getBaseEntity: () => app.data.current_entity,
};

const DOCUMENTED = new Set([
  "data",
  "lang_id",
  "notifications",
  "constant",
  "getWidgetsArea",
  "isCard",
  "getBaseEntity",
]);

/** `APP`, and its old name, as widgets see it. */
export function publishApp(): void {
  // Everything that comes this way is not the host: the host holds the object itself.
  const tell = (what: string) => void sandbox.violations.push({ code: "", what });
  window.APP = watched(app, { path: "APP", documented: DOCUMENTED, tell });
  window.AMOCRM = window.APP;
}
