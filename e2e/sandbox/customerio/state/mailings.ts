/** What sends mails to one person at a time. */
export interface Campaign {
  id: number;
  name: string;
  subject: string;
  actionId: number;
  /** The event that starts it; null: it is started by hand only. */
  eventName: string | null;
}

/** What goes to many at once, or to one person because a program asks for it. */
export interface Mailing {
  id: number;
  name: string;
  subject: string;
}

const FIRST_CAMPAIGN = 7;
const FIRST_ACTION = 42;

/** Webhooks name what sent a mail by number only; the names are here. */
export class Mailings {
  readonly campaigns = new Map<number, Campaign>();
  readonly newsletters = new Map<number, Mailing>();
  readonly broadcasts = new Map<number, Mailing>();
  readonly transactional = new Map<number, Mailing>();

  constructor() {
    this.addCampaign({ name: "Quotes", subject: "Your quote", eventName: null });
  }

  addCampaign(wish: Omit<Campaign, "id" | "actionId">): Campaign {
    const place = this.campaigns.size;
    const campaign = { ...wish, id: FIRST_CAMPAIGN + place, actionId: FIRST_ACTION + place };
    this.campaigns.set(campaign.id, campaign);
    return campaign;
  }

  startedBy(eventName: string): Campaign[] {
    return [...this.campaigns.values()].filter((campaign) => campaign.eventName === eventName);
  }
}

export function addMailing(mailings: Map<number, Mailing>, wish: Omit<Mailing, "id">): Mailing {
  const mailing = { ...wish, id: mailings.size + 1 };
  mailings.set(mailing.id, mailing);
  return mailing;
}
