/** A value that cannot be taken; `field` is where it stands in what was asked. */
export class UnusableForDeal extends Error {
  constructor(
    message: string,
    readonly field: string,
  ) {
    super(message);
  }
}

/** There is no such suggestion or objection in this deal. */
export class NotInDeal extends Error {}

/** Somebody has answered it already. */
export class AlreadyAnswered extends Error {}

/** Dry run is on. */
export class NothingIsWritten extends Error {}
