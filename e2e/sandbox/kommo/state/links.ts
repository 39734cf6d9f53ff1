export type LinkedType = "leads" | "contacts" | "companies" | "catalog_elements";

export interface Link {
  to_entity_type: LinkedType;
  to_entity_id: number;
  /** Of a contact: the lead's main one. The link carries nothing else about a person. */
  is_main: boolean;
  /** Of a list element. */
  quantity: number;
  catalog_id: number | null;
  price_id: number | null;
}

type End = { type: LinkedType; id: number };

/** Who belongs to whom, readable from both ends. */
export class Links {
  readonly #byEnd = new Map<string, Map<string, Link>>();

  of(type: LinkedType, id: number, to?: LinkedType): Link[] {
    const links = [...(this.#byEnd.get(`${type}:${id}`)?.values() ?? [])];
    return to ? links.filter((link) => link.to_entity_type === to) : links;
  }

  get(from: End, to: End): Link | undefined {
    return this.#byEnd.get(`${from.type}:${from.id}`)?.get(`${to.type}:${to.id}`);
  }

  /** Returns false when the link was already there (its metadata is brought up to date). */
  put(from: End, to: End, metadata: Partial<Omit<Link, "to_entity_type" | "to_entity_id">> = {}): boolean {
    const known = this.get(from, to);
    this.#set(from, to, { ...known, ...metadata });
    this.#set(to, from, { ...known, ...metadata });
    return !known;
  }

  remove(from: End, to: End): boolean {
    this.#byEnd.get(`${to.type}:${to.id}`)?.delete(`${from.type}:${from.id}`);
    return this.#byEnd.get(`${from.type}:${from.id}`)?.delete(`${to.type}:${to.id}`) ?? false;
  }

  #set(from: End, to: End, metadata: Partial<Link>): void {
    const key = `${from.type}:${from.id}`;
    const links = this.#byEnd.get(key) ?? new Map<string, Link>();
    this.#byEnd.set(key, links);
    const blank = { is_main: false, quantity: 1, catalog_id: null, price_id: null };
    links.set(`${to.type}:${to.id}`, { ...blank, ...metadata, to_entity_type: to.type, to_entity_id: to.id });
  }
}
