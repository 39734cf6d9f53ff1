/** Kommo's names of channels, in the words on their doors. */
const NAMES: Record<string, string> = {
  waba: "WhatsApp",
  whatsapp: "WhatsApp",
  whatsapp_business: "WhatsApp",
  telegram: "Telegram",
  facebook: "Messenger",
  instagram: "Instagram",
  instagram_business: "Instagram",
  viber: "Viber",
  skype: "Skype",
  mail: "E-mail",
};

/** @returns null where the channel is not known */
export function channelName(channel: string | null): string | null {
  return channel === null ? null : (NAMES[channel] ?? channel);
}
