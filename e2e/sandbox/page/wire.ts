/** What the page and its server tell each other; types only, so that both sides can read them. */

export interface UserRow {
  id: number;
  name: string;
  email: string;
  uuid: string;
  lang: string;
  is_admin: boolean;
  group_id: number;
}

export interface StageRow {
  id: number;
  name: string;
  color: string;
  /** 1 is "incoming leads". */
  type: 0 | 1;
}

export interface PipelineRow {
  id: number;
  name: string;
  stages: StageRow[];
}

export interface FieldRow {
  id: number;
  name: string;
  code: string | null;
  type: string;
  is_api_only: boolean;
  options: string[];
}

/** Written into the page itself. */
export interface Boot {
  account: { id: number; subdomain: string; name: string; host: string; currency: string; language: string };
  user: UserRow;
  users: UserRow[];
  groups: { id: number; name: string }[];
  taskTypes: { id: number; name: string }[];
  pipelines: PipelineRow[];
  theme: "light" | "dark";
  loader: {
    initOrder: "render-first" | "bind-first";
    renderDelayMs: number;
    initOnce: "as-declared" | "always" | "never";
  };
}

export interface BoardLead {
  id: number;
  name: string;
  price: number;
  status_id: number;
  responsible: string;
  contact: string;
  tags: string[];
  /** Seconds; null without an open task. */
  task_at: number | null;
  created_at: number;
}

export interface BoardPage {
  pipeline: PipelineRow;
  leads: BoardLead[];
}

export interface ContactPage {
  id: number;
  name: string;
  /** Those with something in them. */
  fields: { name: string; value: string }[];
  leads: { id: number; name: string }[];
}

export type FeedEntry = { id: string; at: number } & (
  | { kind: "message"; incoming: boolean; author: string; text: string; origin: string }
  | { kind: "note"; author: string; text: string; isService: boolean }
  | { kind: "event"; author: string; text: string }
);

export interface LeadTask {
  id: number;
  text: string;
  at: number;
  responsible: string;
  is_completed: boolean;
}

export interface LeadContact {
  id: number;
  name: string;
  phone: string;
  email: string;
}

export interface LeadPage {
  lead: {
    id: number;
    name: string;
    price: number;
    status_id: number;
    pipeline_id: number;
    responsible_user_id: number;
    created_at: number;
    tags: string[];
  };
  mayEdit: boolean;
  fields: (FieldRow & { value: string })[];
  contacts: LeadContact[];
  tasks: LeadTask[];
  feed: FeedEntry[];
}

/** One entry of what the loader asks for, as Kommo sends it. */
export interface WidgetItem {
  code: string;
  id: number;
  src: string;
  lang: string;
  path: string;
  images_path: string;
  settings: Record<string, unknown>;
  installed_version: string;
  init_once: "Y" | "N";
  active: "Y" | "N";
  status: "installed" | "not_configured" | "install";
  oauth_client_uuid: string;
  name: string;
  short_description: string;
  description: string;
  support: { link?: string; email?: string };
  category_id: number;
  fields: { code: string; name: string; type: string; required: boolean }[];
  /** What an action of it in the Digital Pipeline is set up with. */
  actionFields: { code: string; name: string; required: boolean }[];
  hasAdvancedPage: boolean;
  advancedTitle: string;
}

/** An action of a widget on a stage of the Digital Pipeline. */
export interface StageAction {
  code: string;
  pipeline_id: number;
  status_id: number;
  settings: Record<string, string>;
}

export interface SaveWidget {
  code: string;
  active: "Y" | "N";
  fields: Record<string, unknown>;
}
