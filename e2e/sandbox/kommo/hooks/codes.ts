type Crud = "add" | "update" | "delete" | "restore";

export type HookCode =
  | `${Crud | "responsible" | "note"}_${"lead" | "contact" | "company"}`
  | "status_lead"
  | `${"add" | "update" | "delete" | "responsible"}_task`
  | `${"add" | "update"}_talk`
  | `${"add" | "update" | "delete"}_unsorted`
  | "add_message"
  | "add_outgoing_message"
  | "add_chat_template_review";

const CRM = ["lead", "contact", "company"] as const;

/** What `POST /webhooks` accepts in `settings`. */
export const HOOK_CODES: ReadonlySet<string> = new Set<HookCode>([
  ...CRM.flatMap((card) =>
    (["add", "update", "delete", "restore", "responsible", "note"] as const).map((verb): HookCode => `${verb}_${card}`),
  ),
  "status_lead",
  "add_task",
  "update_task",
  "delete_task",
  "responsible_task",
  "add_talk",
  "update_talk",
  "add_unsorted",
  "update_unsorted",
  "delete_unsorted",
  "add_message",
  "add_outgoing_message",
  "add_chat_template_review",
]);

/** One changed thing as a webhook tells it: `leads[update][0][id]=…` is key `leads`, action `update`, item `{id}`. */
export interface HookItem {
  key: string;
  action: string;
  item: object;
}
