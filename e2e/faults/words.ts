/** What a server says that is made to stand still, before and after. */
export const STANDS_STILL = "stands still";
export const GOES_ON = "goes on";
