export interface StoredObject {
  typeId: string;
  objectId: string;
  cioObjectId: string;
  attributes: Record<string, unknown>;
}

export interface ObjectType {
  id: string;
  name: string;
}

export function objectKey(typeId: string, objectId: string): string {
  return JSON.stringify([typeId, objectId]);
}

/** Objects of one workspace; their types are made in its settings, not by the API. */
export class Objects {
  readonly types = new Map<string, ObjectType>();
  readonly #objects = new Map<string, StoredObject>();

  addType(name: string): ObjectType {
    const type = { id: String(this.types.size + 1), name };
    this.types.set(type.id, type);
    return type;
  }

  find(typeId: string, objectId: string): StoredObject | undefined {
    return this.#objects.get(objectKey(typeId, objectId));
  }

  findByCioId(cioObjectId: string): StoredObject | undefined {
    return this.all().find((one) => one.cioObjectId === cioObjectId);
  }

  obtain(typeId: string, objectId: string): StoredObject {
    const known = this.find(typeId, objectId);
    if (known) return known;
    const added = { typeId, objectId, cioObjectId: `ob${this.#objects.size + 1}`, attributes: {} };
    this.#objects.set(objectKey(typeId, objectId), added);
    return added;
  }

  delete(object: StoredObject): void {
    this.#objects.delete(objectKey(object.typeId, object.objectId));
  }

  all(): StoredObject[] {
    return [...this.#objects.values()];
  }
}
