type Listener = (model: CardModel) => void;

/** As much of a Backbone model as widgets may read: live values of the card, unsaved ones too. */
export class CardModel {
  readonly attributes: Record<string, unknown>;
  readonly listeners = new Map<string, Set<Listener>>();

  constructor(attributes: Record<string, unknown>) {
    this.attributes = attributes;
  }

  get(name: string): unknown {
    return this.attributes[name];
  }

  set(name: string, value: unknown): void {
    if (this.attributes[name] === value) return;
    this.attributes[name] = value;
    for (const event of [`change:${name}`, "change"]) {
      for (const listener of this.listeners.get(event) ?? []) listener(this);
    }
  }

  toJSON(): Record<string, unknown> {
    return { ...this.attributes };
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  off(event: string, listener: Listener): void {
    this.listeners.get(event)?.delete(listener);
  }
}
