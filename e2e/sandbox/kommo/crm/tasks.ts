import { taskItem } from "../hooks/activity-items.ts";
import type { HookCode } from "../hooks/codes.ts";
import { type Account, readableAt } from "../state/account.ts";
import type { EntityType, Task } from "../state/rows.ts";
import { SINGULAR } from "./card-changes.ts";
import { record } from "./history.ts";

export interface TaskChange {
  entity_type?: EntityType;
  entity_id?: number;
  text?: string;
  complete_till?: number;
  task_type_id?: number;
  duration?: number;
  is_completed?: boolean;
  result?: { text: string };
  responsible_user_id?: number;
  created_by?: number;
  created_at?: number;
  updated_by?: number;
  updated_at?: number;
}

export function addTask(
  account: Account,
  wish: TaskChange & { text: string; complete_till: number },
  by: number,
): Task {
  const now = account.clock.seconds();
  const responsible = wish.responsible_user_id ?? by;
  const task: Task = {
    id: account.ids.next("task"),
    entity_type: wish.entity_type ?? null,
    entity_id: wish.entity_id ?? null,
    text: wish.text,
    task_type_id: wish.task_type_id ?? 1,
    complete_till: wish.complete_till,
    duration: wish.duration ?? 0,
    is_completed: wish.is_completed ?? false,
    result: wish.result?.text ?? null,
    responsible_user_id: responsible,
    group_id: account.users.get(responsible)?.group_id ?? 0,
    created_by: wish.created_by ?? by,
    updated_by: wish.updated_by ?? by,
    created_at: wish.created_at ?? now,
    updated_at: wish.updated_at ?? wish.created_at ?? now,
  };
  account.tasks.add(task, readableAt(account));
  refreshClosestTask(account, task);
  recordTask(account, task, "task_added");
  account.announce(account, ["add_task"], () => taskItem(account, task, "add"));
  return task;
}

export function editTask(account: Account, task: Task, change: TaskChange, by: number): void {
  const old = { ...task };
  Object.assign(task, {
    entity_type: change.entity_type ?? task.entity_type,
    entity_id: change.entity_id ?? task.entity_id,
    text: change.text ?? task.text,
    complete_till: change.complete_till ?? task.complete_till,
    task_type_id: change.task_type_id ?? task.task_type_id,
    duration: change.duration ?? task.duration,
    is_completed: change.is_completed ?? task.is_completed,
    result: change.result?.text ?? task.result,
    responsible_user_id: change.responsible_user_id ?? task.responsible_user_id,
    updated_by: change.updated_by ?? by,
    updated_at: change.updated_at ?? account.clock.seconds(),
  });
  account.tasks.touched(task);
  refreshClosestTask(account, task);
  if (task.is_completed && !old.is_completed) recordTask(account, task, "task_completed");
  if (task.text !== old.text) recordTask(account, task, "task_text_changed");
  if (task.complete_till !== old.complete_till) recordTask(account, task, "task_deadline_changed");
  if (task.task_type_id !== old.task_type_id) recordTask(account, task, "task_type_changed");
  const codes: HookCode[] = ["update_task"];
  if (task.responsible_user_id !== old.responsible_user_id) codes.push("responsible_task");
  account.announce(account, codes, () => taskItem(account, task, "update", old));
}

function refreshClosestTask(account: Account, task: Task): void {
  if (!task.entity_type || !task.entity_id) return;
  const card = account[task.entity_type].get(task.entity_id);
  if (!card) return;
  const open = account.tasks.of(`${task.entity_type}:${task.entity_id}`).filter((one) => !one.is_completed);
  card.closest_task_at = open.length > 0 ? Math.min(...open.map((one) => one.complete_till)) : null;
}

function recordTask(account: Account, task: Task, type: string): void {
  record(account, {
    type,
    entity_type: task.entity_type ? SINGULAR[task.entity_type] : "task",
    entity_id: task.entity_id ?? task.id,
    created_by: task.updated_by,
    value_after: [{ task: { id: task.id, text: task.text } }],
  });
}
