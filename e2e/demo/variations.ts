import { INQUIRIES } from "./inquiries.ts";
import type { Inquiry, Language, Person } from "./inquiry.ts";

/**
 * As many inquiries as wanted: the written ones, then the same again from other people of other companies. Nobody shares
 * an e-mail or phone with somebody else, except those who do so in the written ones.
 */
export function inquiries(count: number): Inquiry[] {
  return Array.from({ length: count }, (_, index) => {
    const written = INQUIRIES[index % INQUIRIES.length]!;
    return vary(written, Math.floor(index / INQUIRIES.length));
  });
}

function vary(inquiry: Inquiry, round: number): Inquiry {
  if (round === 0) return inquiry;
  const { name } = inquiry.person;
  const other = otherName(inquiry, round);
  const company = "company" in inquiry ? inquiry.company : null;
  const replaced: [string, string][] = [
    ...(company ? ([[company, `${company} ${PLACES[round % PLACES.length]}`]] as [string, string][]) : []),
    [name, other],
    [firstOf(name), firstOf(other)],
  ];
  const rewrite = (text: string) => {
    const renamed = replaced.reduce((result, [from, to]) => result.replaceAll(from, to), text);
    return renamed.replace(COUNTS, (number) => String(Number(number) + (round % 20)));
  };
  const common = { person: varyPerson(inquiry.person, other, round) };
  switch (inquiry.via) {
    case "chat":
      return { ...inquiry, ...common, texts: inquiry.texts.map(rewrite) };
    case "form":
      return {
        ...inquiry,
        ...common,
        lead: rewrite(inquiry.lead),
        company: company && rewrite(company),
        text: rewrite(inquiry.text),
      };
    case "call":
      return { ...inquiry, ...common, company: company && rewrite(company), text: rewrite(inquiry.text) };
  }
}

/** Numbers of two or three digits that stand alone: seats and shops, no prices, times or percentages. */
const COUNTS = /(?<![\d.,:/+-]|\d )\d{2,3}(?![\d:/%]|[., ]\d)/g;

function varyPerson(person: Person, name: string, round: number): Person {
  return {
    ...person,
    name,
    // The address stays in its company, and the number of the round keeps it from being anybody else's.
    ...(person.email ? { email: person.email.replace("@", `.${round}@`) } : {}),
    ...(person.phone ? { phone: anotherNumber(person.phone, round) } : {}),
  };
}

/** The same number with other last digits; blanks stay where they are. */
function anotherNumber(phone: string, round: number): string {
  const digits = phone.replace(/\D/g, "");
  const last = (Number(digits.slice(-4)) + round) % 10_000;
  const other = digits.slice(0, -4) + String(last).padStart(4, "0");
  let place = 0;
  return phone.replace(/\d/g, () => other[place++]!);
}

function otherName({ language, person: { name } }: Inquiry, round: number): string {
  const { first, last } = NAMES[language];
  // Prime steps walk through all pairs before one comes again.
  const step = round * 7 + name.length;
  return `${first[step % first.length]} ${last[Math.floor(step / first.length + round) % last.length]}`;
}

const firstOf = (name: string) => name.split(" ")[0]!;

const PLACES = ["Nord", "Sur", "Plaza", "Central", "West", "Marina", "Alto", "Park", "Real", "Nova", "Lago"];

const list = (words: string) => words.split(" ");

const NAMES: Record<Language, { first: string[]; last: string[] }> = {
  en: {
    first: list("Amelia Jack Sophie Daniel Ruth Owen Grace Liam Martha Noah Isla Henry Zoe"),
    last: list("Baker Hughes Sutton Wright Patel Murray Doyle Foster Lane Shaw Byrne"),
  },
  es: {
    first: list("Marta Diego Elena Pablo Rocío Andrés Julia Hugo Sara Iván Noelia Bruno Alba"),
    last: list("Serrano Molina Castro Vega Fuentes Rojas Ibáñez Campos Nieto Luna Paredes"),
  },
  pt: {
    first: list("Beatriz Caio Marina Thiago Luana Pedro Renata Igor Sofia Vitor Alice Davi Helena"),
    last: list("Moraes Pinto Barros Ramos Duarte Cunha Freitas Matos Leal Borges Vieira"),
  },
  tr: {
    first: list("Zeynep Mert Elif Burak Selin Can Deniz Ece Onur Derya Cem Gizem Tolga"),
    last: list("Kaya Şahin Aydın Arslan Koç Polat Güneş Kurt Aksoy Tekin Erdem"),
  },
  id: {
    first: list("Siti Agus Rina Joko Putri Hendra Wati Rizky Ayu Fajar Lestari Dimas Indah"),
    last: list("Wijaya Saputra Hidayat Kusuma Nugroho Halim Pratama Gunawan Utami Siregar Lubis"),
  },
  de: {
    first: list("Anna Lukas Petra Felix Monika Jonas Karin Tobias Lena Stefan Ute Moritz Clara"),
    last: list("Brandt Lorenz Winter Seidel Busch Kraus Heinrich Pohl Vogel Jansen Arnold"),
  },
  ru: {
    first: list("Анна Сергей Ольга Дмитрий Мария Павел Елена Игорь Юлия Максим Вера Олег Алина"),
    last: list("Орлова Кравец Громыко Лисенко Мельник Шевчук Соловей Бондарь Коваль Ткач Зима"),
  },
  fr: {
    first: list("Camille Hugo Léa Julien Manon Théo Inès Nathan Élise Rémi Anaïs Paul Louise"),
    last: list("Girard Fontaine Lambert Roussel Mercier Garnier Chevalier Blanc Perrin Robin Colin"),
  },
};
