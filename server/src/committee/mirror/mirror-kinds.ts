/** The work that brings a contact, and its elements of the list, to what we know of the person. Its subject is the contact. */
export const MIRROR = "mirror";

/** The work that reads the list of an account: of elements Kommo tells by no webhook. */
export const READ_LIST = "read-stakeholder-list";
