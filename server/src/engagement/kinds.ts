/** Kinds of work of this folder; each is done by the file that its name points to. */
export const CUSTOMERIO_DEAL = "customerio_deal";
/** Subject: the account, so that one batch of a workspace is on its way at a time. */
export const CUSTOMERIO_SEND = "customerio_send";
/** Subject: the number of a sending of existing deals. */
export const CUSTOMERIO_DEALS_SENT = "customerio_deals_sent";
/** Subject: the lead, whose notes say what became of mails. */
export const MAIL_NOTES = "mail_notes";
/** Subject: the lead, whose people may have read so much that somebody should call. */
export const MAIL_CALL = "mail_call";
/** Subject: the person in Customer.io, who stands otherwise than before. */
export const MAIL_STANDING = "mail_standing";
/** Subject: the person in Customer.io, for whom Kommo is searched. */
export const MAIL_WHOSE = "mail_whose";
/** Subject: the account, whose campaigns have no names yet. */
export const MAIL_SOURCES = "mail_sources";
