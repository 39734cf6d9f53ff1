/** Where the backend's API answers. */
export const SETUP = "/api/setup";
export const SETTINGS = "/api/settings";
export const VERSIONS = "/api/prompt-versions";
export const LISTS = "/api/lists";
