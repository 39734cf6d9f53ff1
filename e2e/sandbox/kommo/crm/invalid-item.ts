export interface ItemError {
  code: string;
  /** Dot notation inside the item. */
  path: string;
  detail: string;
}

/** One item of a write is refused, for all the reasons found. */
export class InvalidItem extends Error {
  readonly errors: readonly ItemError[];

  constructor(errors: readonly ItemError[]) {
    super(errors.map((error) => `${error.path}: ${error.detail}`).join("; "));
    this.errors = errors;
  }
}

/** The code that Kommo gives for anything that does not exist: a field, an option, a stage, a user. */
export function notAChoice(path: string): ItemError {
  return { code: "NotSupportedChoice", path, detail: "The value you selected is not a valid choice." };
}

export function refuse(errors: readonly ItemError[]): void {
  if (errors.length > 0) throw new InvalidItem(errors);
}
