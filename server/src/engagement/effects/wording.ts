/** What stands in notes and tasks beside the words that an administrator has written. */
interface Words {
  opened: string;
  clicked: string;
  clicks: string;
  more: string;
  bounced: string;
  spam: string;
  somebody: string;
  unread: string;
}

const words: Record<string, Words> = {
  en: {
    opened: "{at} opened “{subject}”",
    clicked: "{at} clicked {link} in “{subject}”",
    clicks: "Clicked: {links}.",
    more: "and {n} more",
    bounced: "bounced",
    spam: "reported as spam",
    somebody: "somebody",
    unread: "“{subject}”: what was told as read were machines. Nobody has read it yet.",
  },
  es: {
    opened: "{at} abrió «{subject}»",
    clicked: "{at} hizo clic en {link} en «{subject}»",
    clicks: "Clics: {links}.",
    more: "y {n} más",
    bounced: "rebotado",
    spam: "marcado como spam",
    somebody: "alguien",
    unread: "«{subject}»: lo que constaba como leído eran máquinas. Nadie lo ha leído todavía.",
  },
  pt: {
    opened: "{at} abriu “{subject}”",
    clicked: "{at} clicou em {link} em “{subject}”",
    clicks: "Cliques: {links}.",
    more: "e mais {n}",
    bounced: "devolvido",
    spam: "denunciado como spam",
    somebody: "alguém",
    unread: "“{subject}”: o que constava como lido eram máquinas. Ninguém leu ainda.",
  },
  tr: {
    opened: "{at} “{subject}” açıldı",
    clicked: "{at} “{subject}” içinde {link} tıklandı",
    clicks: "Tıklananlar: {links}.",
    more: "ve {n} tane daha",
    bounced: "geri döndü",
    spam: "spam olarak bildirildi",
    somebody: "biri",
    unread: "“{subject}”: okundu diye bildirilenler makinelermiş. Henüz kimse okumadı.",
  },
  id: {
    opened: "{at} membuka “{subject}”",
    clicked: "{at} mengeklik {link} di “{subject}”",
    clicks: "Diklik: {links}.",
    more: "dan {n} lagi",
    bounced: "terpental",
    spam: "dilaporkan sebagai spam",
    somebody: "seseorang",
    unread: "“{subject}”: yang tercatat sebagai dibaca ternyata mesin. Belum ada yang membacanya.",
  },
};

/** How people of an account read and tell the time. */
export interface Tongue {
  language: string;
  /** As clocks know it. */
  zone: string;
}

export function say({ language }: Tongue, key: keyof Words, values: Record<string, string> = {}): string {
  const sentence = (words[language] ?? words.en!)[key];
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

/** Such as "12 Nov, 14:05". */
export function readable({ language, zone }: Tongue, at: Date): string {
  const locale = language === "en" || !(language in words) ? "en-GB" : language;
  const how = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: zone } as const;
  return new Intl.DateTimeFormat(locale, how).format(at);
}

/** What a link leads to, in a word or two: `/en/pricing-plans.html` is "Pricing plans". */
export function linkName(link: string | null): string {
  if (link === null || !URL.canParse(link)) return "–";
  const { host, pathname } = new URL(link);
  const last = pathname.split("/").findLast((part) => part !== "") ?? "";
  const plain = decoded(last)
    .replace(/\.\w{2,5}$/, "")
    .replace(/[-_+]+/g, " ")
    .trim();
  return plain === "" ? host : plain.charAt(0).toUpperCase() + plain.slice(1, 60);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Every link once, those that were clicked again with how often. */
export function clicksOf(tongue: Tongue, links: readonly (string | null)[]): string {
  if (links.length === 0) return "";
  const names = [...Map.groupBy(links, linkName)].map(([name, all]) =>
    all.length > 1 ? `${name} (${all.length}×)` : name,
  );
  return say(tongue, "clicks", { links: names.join(", ") });
}
