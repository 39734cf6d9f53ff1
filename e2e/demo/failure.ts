/** Something that a person can understand and mend: shown as it is, without a stack. */
export class DemoFailure extends Error {}
