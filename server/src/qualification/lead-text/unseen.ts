import type { UnseenPart } from "@dealscope/shared/qualification";

export function unseenPart(what: UnseenPart["what"], more: Partial<UnseenPart> = {}): UnseenPart {
  return { what, count: null, from: null, to: null, ...more };
}

/** For the model. People read the same in their own language, on the card. */
export function unseenWords({ what, count, from, to }: UnseenPart): string {
  switch (what) {
    case "lead":
      return "the lead itself";
    case "chat_history":
      return "chat messages from before Dealscope was connected (the account gives no chat history)";
    case "before_connection":
      return `messages and notes before ${to}`;
    case "message_texts":
      return `the text of ${count} chat messages between ${from} and ${to}`;
    case "card_lines":
      return counted(count, "line of the card left out", "lines of the card left out");
    case "older_messages":
      return counted(count, "older message left out", "older messages left out");
    case "message_ends":
      return counted(count, "message shortened", "messages shortened");
    case "older_notes":
      return counted(count, "older note left out", "older notes left out");
    case "note_ends":
      return counted(count, "note shortened", "notes shortened");
  }
}

function counted(count: number | null, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
