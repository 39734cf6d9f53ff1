/** Where the backend's API answers. */
export const SETUP = "/api/setup";
export const SETTINGS = "/api/settings";
export const VERSIONS = "/api/prompt-versions";
export const LISTS = "/api/lists";
export const GATES = "/api/gates";
export const BACKFILLS = "/api/backfills";
export const COSTS = "/api/costs";
export const STUCK = "/api/activity/stuck";
export const LABELS = "/api/agreement/labels";
export const INTAKE = "/api/intake";
export const BI = "/api/bi";
export const CONNECTION = "/api/engagement/connection";
export const DEALS_SENT = "/api/engagement/deals-sent";
