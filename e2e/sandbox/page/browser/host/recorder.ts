/** What a test can ask of the page. It is no part of Kommo. */
export interface Sandbox {
  /** What the host called of which widget, in order: `acme_widget render`. */
  readonly calls: string[];
  /** What moderation would refuse: `console.log`, `write APP.data.x`, `eval`, … with the widget that did it. */
  readonly violations: { code: string; what: string }[];
  /** Swallowed by the host, as Kommo does. */
  readonly errors: { code: string; message: string }[];
  readonly notifications: { kind: string; header: string; text: string }[];
  /** Each use of `$authorizedAjax`. */
  readonly authorizedAjax: { code: string; url: string }[];
  /** By widget: `installed`, `install` or `error`. */
  readonly statuses: Record<string, string>;
  navigate(path: string): Promise<void>;
  setTheme(theme: "light" | "dark"): void;
}

export const sandbox: Sandbox = {
  calls: [],
  violations: [],
  errors: [],
  notifications: [],
  authorizedAjax: [],
  statuses: {},
  navigate: () => Promise.reject(new Error("The page is not there yet.")),
  setTheme: () => {},
};
