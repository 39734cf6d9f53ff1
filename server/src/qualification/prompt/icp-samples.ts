import type { IcpSamples } from "@dealscope/shared/icp-samples";

/** Ideal customers to start from. Each says who buys, what shows a real need, and who is no customer. */
export const ICP_SAMPLES: IcpSamples["samples"] = [
  {
    key: "software",
    industry: "Software and IT services for companies",
    icp:
      "We sell software and its introduction to companies of 20 to 500 people. A good customer has a process that breaks " +
      "today (spreadsheets, an old system, copying by hand), can name how many users there will be, has somebody who owns " +
      "the project, and wants to start within six months. Heads of sales, operations or IT and owners decide. " +
      "Integrations, data migration or several locations show a serious project. Not a fit: companies below 10 people, " +
      "students and private persons, agencies that want to resell without a customer, other vendors, and job seekers.",
  },
  {
    key: "real_estate",
    industry: "Real estate sales and rental",
    icp:
      "We sell and let homes. A good customer looks for a home for the own family or as an investment in our area, names " +
      "a budget or a monthly rate, rooms, district and a date to move, and has the money or a bank's approval, or sells " +
      "another home for it. Asking for a viewing, a floor plan or documents of one object shows that it is serious. " +
      "Who signs, alone or with a partner, decides. Not a fit: people who want a price far below the market, other " +
      "agents, owners who only want a free valuation, tourists for a few nights, and offers of advertising.",
  },
  {
    key: "education",
    industry: "Courses and schools",
    icp:
      "We teach courses that are paid for by the learner, a parent or an employer. A good customer says what they want to " +
      "reach (an exam, a job, a move abroad), their level now, when they have time, and asks for dates, price or " +
      "instalments. Parents decide for children; employers send groups of five and more. A start within two months and a " +
      "request for a trial lesson show that it is serious. Not a fit: people who only want free material, teachers " +
      "looking for work, other schools, and levels or languages that we do not teach.",
  },
  {
    key: "health",
    industry: "Clinics, dentists and beauty",
    icp:
      "We treat private patients by appointment. A good customer names a complaint or the treatment they want, asks for a " +
      "price or a free appointment, can come to one of our locations, and wants to begin within weeks. Pain, a date such " +
      "as a wedding, or a plan from another doctor shows that it is serious; so does asking about instalments. They decide " +
      "themselves, or for a child or parent. Not a fit: emergencies that need a hospital, questions for advice without a " +
      "visit, treatments we do not offer, suppliers, and job seekers.",
  },
  {
    key: "wholesale",
    industry: "Manufacturing and wholesale",
    icp:
      "We supply companies with goods by the pallet or on a contract. A good customer is a shop, a chain, a builder or a " +
      "maker who buys for resale or production, names the article, the quantity and how often, the place of delivery, and " +
      "asks for terms, certificates or a sample. A running need, a supplier who failed them, or a tender with a date shows " +
      "that it is serious. Owners and buyers decide. Not a fit: private persons who want one piece, orders below our " +
      "minimum, countries we do not deliver to, and suppliers who want to sell to us.",
  },
  {
    key: "agency",
    industry: "Marketing, design and consulting",
    icp:
      "We do projects and retainers for companies that sell to others. A good customer has a product that sells already, a " +
      "goal in numbers (more inquiries, a launch, a new market), a budget or what they spend now, and a date. The owner or " +
      "the head of marketing speaks with us and decides with at most one other person. A past agency, a brief or access to " +
      "their figures shows that it is serious. Not a fit: ideas without money, work for a share of later profit, tasks of " +
      "an hour, students, freelancers who look for work, and requests for a free concept.",
  },
];
