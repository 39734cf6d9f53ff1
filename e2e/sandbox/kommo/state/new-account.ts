import { type Account, emptyAccount, type Plan, type Shared } from "./account.ts";
import { addPredefinedFields, DEFAULT_STAGES, rightsOfLevel, STAGE_COLORS, withSystemStatuses } from "./defaults.ts";
import type { Pipeline, Rights, User } from "./settings.ts";

export interface NewUser {
  id?: number;
  name?: string;
  email?: string;
  lang?: string;
  is_admin?: boolean;
  is_free?: boolean;
  is_active?: boolean;
  group_id?: number;
  role_id?: number | null;
  /** Merged into full rights. */
  rights?: Partial<Rights>;
}

export interface NewStage {
  id?: number;
  name: string;
  color?: string;
}

export interface NewPipeline {
  id?: number;
  name?: string;
  is_main?: boolean;
  is_unsorted_on?: boolean;
  stages?: (string | NewStage)[];
}

export interface NewAccount {
  id?: number;
  subdomain?: string;
  top_level_domain?: string;
  name?: string;
  plan?: Plan;
  scopes?: string[];
  /** A name such as Europe/Madrid, as `datetime_settings` tells it. */
  timezone?: string;
  timezone_offset?: number;
  currency?: string;
  language?: string;
  groups?: string[];
  /** The first user of a new account is its administrator unless it says otherwise. */
  users?: NewUser[];
  pipelines?: NewPipeline[];
  loss_reasons?: string[];
}

const ALL_SCOPES = ["crm", "files", "files_delete", "notifications", "push_notifications"];
const CHAT_SCOPES = ["list_external_messages", "send_external_messages"];

export function newAccount(shared: Shared, wish: NewAccount = {}): Account {
  const id = wish.id ?? shared.ids.next("account");
  const subdomain = wish.subdomain ?? `account${id}`;
  const account = emptyAccount(shared, {
    id,
    subdomain,
    top_level_domain: wish.top_level_domain ?? "kommo.com",
    name: wish.name ?? subdomain,
    plan: wish.plan ?? "pro",
    scopes: wish.scopes ?? [...ALL_SCOPES, ...CHAT_SCOPES],
    timezone: wish.timezone ?? "UTC",
    timezone_offset: wish.timezone_offset ?? 0,
    currency: wish.currency ?? "USD",
    language: wish.language ?? "en",
  });
  for (const name of wish.groups ?? []) {
    const group = { id: shared.ids.next("group"), name, uuid: crypto.randomUUID() };
    account.groups.set(group.id, group);
  }
  const users = wish.users ?? [{ name: "Kim Vale" }, { name: "Robin Sales", is_admin: false }];
  users.forEach((user, index) => void addUser(account, { is_admin: index === 0, ...user }));
  for (const pipeline of wish.pipelines ?? [{ name: "Sales", is_main: true }]) addPipeline(account, pipeline);
  for (const name of wish.loss_reasons ?? ["Too expensive", "Chose a competitor", "No reply"]) {
    const at = shared.clock.seconds();
    const reason = { id: shared.ids.next("lossReason"), name, sort: 100, created_at: at, updated_at: at };
    account.lossReasons.set(reason.id, reason);
  }
  addPredefinedFields(account);
  return account;
}

export function addUser(account: Account, wish: NewUser): User {
  const id = wish.id ?? account.ids.next("user");
  const role = wish.role_id ? account.roles.get(wish.role_id) : undefined;
  const user: User = {
    id,
    name: wish.name ?? `User ${id}`,
    email: wish.email ?? `user${id}@sandbox-team.test`,
    lang: wish.lang ?? "en",
    rights: role?.rights ?? { ...rightsOfLevel("A"), ...wish.rights },
    is_admin: wish.is_admin ?? false,
    is_free: wish.is_free ?? false,
    is_active: wish.is_active ?? true,
    group_id: wish.group_id ?? 0,
    role_id: wish.role_id ?? null,
    uuid: crypto.randomUUID(),
    amojo_id: crypto.randomUUID(),
  };
  account.users.set(id, user);
  return user;
}

export function addPipeline(account: Account, wish: NewPipeline): Pipeline {
  const own = (wish.stages ?? DEFAULT_STAGES).map((stage, index) => {
    const { id, name, color } = typeof stage === "string" ? { name: stage } : (stage as NewStage);
    return {
      id: id ?? account.ids.next("status"),
      name,
      color: color ?? STAGE_COLORS[index % STAGE_COLORS.length]!,
      sort: (index + 2) * 10,
      is_editable: true,
      type: 0 as const,
    };
  });
  const pipeline: Pipeline = {
    id: wish.id ?? account.ids.next("pipeline"),
    name: wish.name ?? "Pipeline",
    sort: account.pipelines.size + 1,
    is_main: wish.is_main ?? account.pipelines.size === 0,
    is_unsorted_on: wish.is_unsorted_on ?? true,
    is_archive: false,
    statuses: withSystemStatuses(account, own),
  };
  account.pipelines.set(pipeline.id, pipeline);
  return pipeline;
}
