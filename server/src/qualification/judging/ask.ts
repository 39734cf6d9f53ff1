/** What to do about a lead of which too little is known. */
export const ask = (question: string) => `Ask: ${question}`;
