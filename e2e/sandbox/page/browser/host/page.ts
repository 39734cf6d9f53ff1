/** One kind of page: built from data that was fetched, and gone when the address changes. */
export interface Page {
  /** What `APP.getWidgetsArea()` says here. */
  readonly area: string;
  /** `leads` in a card of a lead. */
  readonly entity: string;
  readonly isCard: boolean;
  readonly title: string;
  /** Fetches what it shows. */
  load(): Promise<void>;
  build(parent: HTMLElement): void;
  /** Something in the account has changed. */
  refresh(): Promise<void>;
  destroy(): void;
  /** A widget has put a box in. */
  boxAdded(): void;
}
