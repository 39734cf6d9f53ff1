/** Kinds of work of this folder; each is done by the file that its name points to. */
export const CUSTOMERIO_DEAL = "customerio_deal";
/** Subject: the account, so that one batch of a workspace is on its way at a time. */
export const CUSTOMERIO_SEND = "customerio_send";
/** Subject: the number of a sending of existing deals. */
export const CUSTOMERIO_DEALS_SENT = "customerio_deals_sent";
