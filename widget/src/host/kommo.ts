/** What Kommo gives a widget, as its documentation tells it; nothing of it is trusted before `page.ts` has looked at it. */
export interface KommoWidget {
  callbacks?: KommoCallbacks;
  /** The namespace whose document handlers Kommo takes off by itself. */
  ns?: string;
  params?: unknown;
  get_settings(): unknown;
  langs?: unknown;
  system?(): unknown;
  render_template(template: { caption: { class_name: string }; body: string; render: string }, data: object): unknown;
  $authorizedAjax(options: object): JQueryDeferred;
}

export interface KommoCallbacks {
  render(): boolean;
  init(): boolean;
  bind_actions(): boolean;
  settings(modalBody: unknown): boolean;
  advancedSettings(): boolean;
  dpSettings(): boolean;
  onSave(): boolean;
  destroy(): void;
}

/** A promise of jQuery 2, which is none. */
export interface JQueryDeferred {
  then(done: (answer: unknown) => void, failed: (failure: { status?: number; responseText?: string }) => void): unknown;
}

export interface KommoApp {
  data?: { current_card?: { id?: unknown } | false };
  lang_id?: unknown;
  constant?(name: string): unknown;
  getBaseEntity?(): unknown;
  isCard?(): unknown;
  notifications?: {
    show_message?(message: { header: string; text: string }): unknown;
    show_message_error?(message: { header: string; text: string }): unknown;
  };
}

/** As far as we use it: the host's own, for the events it sends. */
export type JQuery = (target: Document) => {
  on(events: string, handler: () => void): void;
  off(events: string, handler: () => void): void;
};

declare global {
  interface Window {
    APP?: KommoApp;
  }
  /** What the file's `define` asks Kommo's loader for. */
  const jQuery: JQuery;
  function load(files: string[], done: (...modules: unknown[]) => void, failed: () => void): void;
}
