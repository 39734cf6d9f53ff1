interface Stamped {
  /** Undefined for an attribute that was removed: an older write must not bring it back. */
  value: unknown;
  at: number;
}

export interface Relationship {
  typeId: string;
  objectId: string;
  attributes: Record<string, unknown>;
}

export interface Device {
  id: string;
  platform: string;
}

export class Person {
  readonly cioId: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  id: string | null = null;
  /** As it was written; compared in lower case. */
  email: string | null = null;
  phone: string | null = null;
  readonly relationships = new Map<string, Relationship>();
  readonly devices = new Map<string, Device>();
  readonly #attributes = new Map<string, Stamped>();

  constructor(cioId: string, createdAt: number) {
    this.cioId = cioId;
    this.createdAt = createdAt;
  }

  /** The newer write of an attribute wins, whichever came first; null and "" remove it. `at` is unix seconds. */
  set(name: string, value: unknown, at: number): void {
    const known = this.#attributes.get(name);
    if (known && known.at > at) return;
    this.#attributes.set(name, { value: value === null || value === "" ? undefined : value, at });
  }

  /** How many attributes there would be with these. */
  countWith(change: Record<string, unknown>): number {
    return Object.values({ ...this.attributes, ...change }).filter((value) => value !== null && value !== "").length;
  }

  get attributes(): Record<string, unknown> {
    const set = [...this.#attributes].filter(([, { value }]) => value !== undefined);
    return Object.fromEntries(set.map(([name, { value }]) => [name, value]));
  }

  /** Where mails go: in a workspace that identifies by id alone, the address is an ordinary attribute. */
  get address(): string | null {
    const attribute = this.#attributes.get("email")?.value;
    return this.email ?? (typeof attribute === "string" ? attribute : null);
  }

  /** True in any letter case, 1 and "1"; anything else is subscribed. */
  get unsubscribed(): boolean {
    return /^(true|1)$/i.test(String(this.#attributes.get("unsubscribed")?.value));
  }

  /** Takes over what the other one has and this one lacks. */
  absorb(other: Person): void {
    this.id ??= other.id;
    this.email ??= other.email;
    this.phone ??= other.phone;
    for (const [name, stamped] of other.#attributes) {
      if (this.#attributes.get(name)?.value === undefined) this.#attributes.set(name, stamped);
    }
    for (const [key, one] of other.relationships) if (!this.relationships.has(key)) this.relationships.set(key, one);
    for (const [key, one] of other.devices) this.devices.set(key, one);
  }
}
