interface Figure {
  help: string;
  /** What the values of it differ in. */
  label?: string;
}

/** Of all accounts and processes together: every process tells the same, so whoever adds up takes the maximum. */
export const figures: Record<string, Figure> = {
  accounts: { help: "Accounts, by status.", label: "state" },
  webhooks: { help: "Active accounts, by how Kommo's webhook stands.", label: "state" },
  deliveries: { help: "Webhooks stored and not done, by state.", label: "state" },
  oldest_new_delivery_seconds: { help: "How long the oldest webhook waits to be unpacked." },
  work: { help: "Rows of work, by state.", label: "state" },
  work_waiting: {
    help: "Rows of work of active accounts that wait for something that is away, by what it is.",
    label: "on",
  },
  oldest_due_work_seconds: {
    help: "How long the oldest due work of an active account has been waiting, taken or not.",
  },
  writes: { help: "Changes of Kommo that are not done, by state.", label: "state" },
  oldest_due_write_seconds: {
    help: "How long the oldest due change of an active account has been waiting, taken or not.",
  },
  oldest_scan_seconds: { help: "How long ago the active account was scanned that was scanned longest ago." },
  holds_open: { help: "Deals that gates hold." },
  model_calls_this_month: { help: "Calls of the model in this calendar month (UTC)." },
  model_dollars_this_month: { help: "What they cost." },
  customerio_writes: { help: "What is to be told to Customer.io and is not done, by state.", label: "state" },
  oldest_due_customerio_write_seconds: { help: "How long the oldest of it has been waiting, of active accounts." },
  customerio_connections: { help: "Accounts connected with Customer.io, by what is wrong.", label: "problem" },
};

/** Of single accounts: only those for which it is worst. */
export const worst: Record<string, string> = {
  account_oldest_due_seconds:
    "How long the oldest has been waiting of what is due (webhooks, work, changes), of the accounts where it is longest.",
  account_given_up: "What was given up and may still succeed, of the accounts with most of it.",
};

export const WORST_AT_MOST = 20;
