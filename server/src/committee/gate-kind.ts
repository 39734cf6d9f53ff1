/**
 * The work that looks whether a deal may stand where it stands. Whoever changes what a rule may ask for, asks for it;
 * the gates do it.
 */
export const GATE = "gate";
