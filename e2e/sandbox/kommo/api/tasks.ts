import { z } from "zod";
import { InvalidItem, type ItemError, notAChoice, refuse } from "../crm/invalid-item.ts";
import { mayEditTask } from "../crm/rights.ts";
import { addTask, editTask } from "../crm/tasks.ts";
import type { Account } from "../state/account.ts";
import type { Task } from "../state/rows.ts";
import { TASK_TYPES } from "./account.ts";
import type { Api } from "./api.ts";
import { parseItem, seconds, writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { ENTITY_TYPES } from "./cards.ts";
import { among, Filter, inOrder, within } from "./filter.ts";
import { list, written } from "./paging.ts";
import { badParameter, forbidden, notFound } from "./problem.ts";

const changeInput = z.object({
  entity_type: z.enum(ENTITY_TYPES).optional(),
  entity_id: z.int().optional(),
  text: z.string().min(1).optional(),
  complete_till: seconds.optional(),
  task_type_id: z.int().optional(),
  duration: z.int().optional(),
  is_completed: z.boolean().optional(),
  result: z.object({ text: z.string() }).optional(),
  responsible_user_id: z.int().optional(),
  created_by: z.int().optional(),
  created_at: seconds.optional(),
  updated_by: z.int().optional(),
  updated_at: seconds.optional(),
});
const taskInput = changeInput.required({ text: true, complete_till: true });

export function taskRoutes(api: Api): void {
  const path = "/tasks";

  api.get(path, (call) => {
    const tasks = candidates(call).filter(taskFilter(call));
    const sorted = inOrder(call, tasks, ["complete_till", "created_at", "id"]);
    return list(call, sorted, { path, name: "tasks", render: (task) => renderTask(call, task) });
  });

  api.get(`${path}/:id`, (call) => renderTask(call, taskOf(call)));

  api.post(path, (call) => {
    const rows = writeBatch(
      call,
      (item) => readTask(call.account, parseItem(taskInput, item)),
      (wish, request_id) => {
        const { id } = addTask(call.account, wish, call.user.id);
        call.created += 1;
        return { id, request_id, _links: call.link(`${path}/${id}`) };
      },
    );
    return written(call, path, "tasks", rows);
  });

  api.patch(path, (call) => {
    const rows = writeBatch(
      call,
      (item) => readChange(call, item),
      (change, request_id) => ({ ...change(), request_id }),
    );
    return written(call, path, "tasks", rows);
  });

  api.patch(`${path}/:id`, (call) => {
    const { id } = taskOf(call);
    return writeOne(
      call,
      (item) => readChange(call, item),
      (change) => change(),
      id,
    );
  });
}

function taskOf(call: Call): Task {
  const task = call.account.tasks.get(call.id());
  if (!task) throw notFound();
  return task;
}

function candidates(call: Call): Task[] {
  const filter = new Filter(call);
  const type = filter.text("entity_type");
  const parents = filter.ids("entity_id");
  if (parents && !type) throw badParameter("filter.entity_id", "entity_type is needed too.");
  if (parents) return [...parents].flatMap((id) => call.account.tasks.of(`${type}:${id}`));
  const changed = filter.range("updated_at");
  return changed ? call.account.tasks.changed(changed.from, changed.to) : [...call.account.tasks.values()];
}

function taskFilter(call: Call): (task: Task) => boolean {
  const filter = new Filter(call);
  const ids = filter.ids("id");
  const responsible = filter.ids("responsible_user_id");
  const completed = filter.ids("is_completed");
  const types = filter.ids("task_type") ?? filter.ids("task_type_id");
  const entity = filter.text("entity_type");
  const changed = filter.range("updated_at");
  const now = call.account.clock.now();
  return (task) =>
    among(ids, task.id) &&
    among(responsible, task.responsible_user_id) &&
    among(completed, Number(task.is_completed)) &&
    among(types, task.task_type_id) &&
    (entity === undefined || task.entity_type === entity) &&
    within(changed, task.updated_at) &&
    call.account.tasks.visible(task, now);
}

function readTask<T extends z.output<typeof changeInput>>(account: Account, input: T): T {
  const errors: ItemError[] = [];
  for (const name of ["responsible_user_id", "created_by", "updated_by"] as const) {
    const user = input[name];
    if (user && !account.users.has(user)) errors.push(notAChoice(name));
  }
  if (input.task_type_id && !TASK_TYPES.some((type) => type.id === input.task_type_id))
    errors.push(notAChoice("task_type_id"));
  if (input.entity_id && (!input.entity_type || !account[input.entity_type].get(input.entity_id))) {
    errors.push(notAChoice(input.entity_type ? "entity_id" : "entity_type"));
  }
  refuse(errors);
  return input;
}

function readChange(call: Call, item: unknown): () => object {
  const { id, ...change } = parseItem(changeInput.extend({ id: z.int() }), item);
  const task = call.account.tasks.get(id);
  if (!task) throw new InvalidItem([notAChoice("id")]);
  if (!mayEditTask(call.account, call.user, task)) throw forbidden();
  readTask(call.account, change);
  return () => {
    editTask(call.account, task, change, call.user.id);
    return { id, updated_at: task.updated_at, _links: call.link(`/tasks/${id}`) };
  };
}

/** `result` is an empty list until there is one. */
function renderTask(call: Call, task: Task): object {
  return {
    ...task,
    result: task.result === null ? [] : { text: task.result },
    account_id: call.account.id,
    _links: call.link(`/tasks/${task.id}`),
  };
}
