/**
 * The work that looks whether a deal may stand where it stands. Whoever changes what a rule may ask for, asks for it;
 * the gates do it.
 */
export const GATE = "gate";

/** In the detail of its rows. */
export interface GateDetail {
  /** When Kommo changed what we were told of. */
  heardAt?: string;
  /** Nobody has told of anything: the pipelines are looked at too. */
  looksAround?: boolean;
}
