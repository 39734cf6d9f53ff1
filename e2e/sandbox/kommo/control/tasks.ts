import { Problem } from "../api/problem.ts";
import { addTask, editTask, type TaskChange } from "../crm/tasks.ts";
import type { World } from "../world.ts";
import { findAccount, findLead, findUser, type InAccount } from "./find.ts";

/** Tasks as a person makes and closes them. */
export function taskControl(world: World) {
  return {
    create: ({
      account: reference,
      user_id,
      lead_id,
      text,
      complete_till,
      ...wish
    }: InAccount & TaskChange & { lead_id?: number }) => {
      const account = findAccount(world, reference);
      const at =
        lead_id === undefined ? {} : ({ entity_type: "leads", entity_id: findLead(account, lead_id).id } as const);
      const due = complete_till ?? account.clock.seconds() + 86_400;
      return addTask(
        account,
        { ...wish, ...at, text: text ?? "Call back", complete_till: due },
        findUser(account, user_id),
      );
    },
    edit: ({ account: reference, user_id, id, ...change }: InAccount & TaskChange & { id: number }) => {
      const account = findAccount(world, reference);
      const task = account.tasks.get(id);
      if (!task) throw new Problem(404, `There is no task ${id}.`);
      editTask(account, task, change, findUser(account, user_id));
      return task;
    },
  };
}
