import type { WidgetArchive } from "./archive.ts";

export interface Widget {
  /** Issued by Kommo, not by the archive. */
  readonly code: string;
  readonly client_id: string;
  readonly archive: WidgetArchive;
}

/** What one account made of a widget. */
export interface Installation {
  active: boolean;
  settings: Record<string, unknown>;
}

/** The widgets of the integrations, and where they are installed. */
export class Widgets {
  readonly #byCode = new Map<string, Widget>();
  readonly #installations = new Map<string, Installation>();

  /** A new archive takes the place of the old one; installations stay. */
  upload(widget: Widget): Widget {
    this.#byCode.set(widget.code, widget);
    return widget;
  }

  get(code: string): Widget | undefined {
    return this.#byCode.get(code);
  }

  all(): Widget[] {
    return [...this.#byCode.values()];
  }

  installation(accountId: number, code: string): Installation {
    return this.#installations.get(`${accountId}:${code}`) ?? { active: false, settings: {} };
  }

  save(accountId: number, code: string, installation: Installation): void {
    this.#installations.set(`${accountId}:${code}`, installation);
  }

  /** An integration and its widget go on and off together. */
  switch(accountId: number, clientId: string, active: boolean): void {
    for (const { code, client_id } of this.#byCode.values()) {
      if (client_id === clientId) this.save(accountId, code, { ...this.installation(accountId, code), active });
    }
  }

  forgetInstallations(): void {
    this.#installations.clear();
  }
}
