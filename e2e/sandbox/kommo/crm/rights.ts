import type { Account } from "../state/account.ts";
import type { EntityType, Lead, Person } from "../state/rows.ts";
import type { Action, Level, Rights, User } from "../state/settings.ts";

type Owned = { responsible_user_id: number; group_id: number };

export function rightsOf(account: Account, user: User): Rights {
  return (user.role_id ? account.roles.get(user.role_id)?.rights : undefined) ?? user.rights;
}

/** May this user do this to this card? Administrators may do everything. */
export function may(account: Account, user: User, action: Action, entity: EntityType, row: Lead | Person): boolean {
  if (user.is_admin) return true;
  const rights = rightsOf(account, user);
  const stage = entity === "leads" ? stageLevel(account, rights, action, row as Lead) : undefined;
  return within(stage ?? rights[entity][action], user, row);
}

export function mayAdd(account: Account, user: User, entity: EntityType): boolean {
  return user.is_admin || rightsOf(account, user)[entity].add !== "D";
}

export function mayEditTask(account: Account, user: User, task: Owned): boolean {
  return user.is_admin || within(rightsOf(account, user).tasks.edit, user, task);
}

function stageLevel(account: Account, rights: Rights, action: Action, lead: Lead): Level | undefined {
  if (!account.switches.statusRightsBindApi || action === "add") return undefined;
  const right = rights.status_rights?.find(
    ({ pipeline_id, status_id }) => pipeline_id === lead.pipeline_id && status_id === lead.status_id,
  );
  return right?.rights[action];
}

function within(level: Level, user: User, row: Owned): boolean {
  if (level === "A") return true;
  if (level === "G") return row.group_id === user.group_id;
  return level === "M" && row.responsible_user_id === user.id;
}
