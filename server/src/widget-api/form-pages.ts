import type { IncomingHttpHeaders } from "node:http";
import type { FastifyRequest } from "fastify";
import type { ApiFailure } from "./api-failure.ts";
import { isFormPath } from "./api-headers.ts";

const WORDS = {
  en: {
    thanks: "Thank you",
    next: "We will be in touch.",
    refused: "This could not be sent",
    again: "Please go back and try again.",
    back: "Back to {place}",
  },
  es: {
    thanks: "Gracias",
    next: "Nos pondremos en contacto.",
    refused: "No se pudo enviar",
    again: "Vuelva atrás e inténtelo de nuevo.",
    back: "Volver a {place}",
  },
  pt: {
    thanks: "Obrigado",
    next: "Entraremos em contato.",
    refused: "Não foi possível enviar",
    again: "Volte e tente novamente.",
    back: "Voltar para {place}",
  },
  tr: {
    thanks: "Teşekkürler",
    next: "Sizinle iletişime geçeceğiz.",
    refused: "Gönderilemedi",
    again: "Lütfen geri dönüp yeniden deneyin.",
    back: "Geri dön: {place}",
  },
  id: {
    thanks: "Terima kasih",
    next: "Kami akan menghubungi Anda.",
    refused: "Tidak dapat dikirim",
    again: "Silakan kembali dan coba lagi.",
    back: "Kembali ke {place}",
  },
};

type Language = keyof typeof WORDS;

/** Whether a browser has sent a form by itself, so that a person will look at the answer. Scripts and servers ask for anything. */
export function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  return (
    method === "POST" &&
    isFormPath(url) &&
    /^application\/x-www-form-urlencoded/i.test(headers["content-type"] ?? "") &&
    /\btext\/html\b/i.test(headers.accept ?? "")
  );
}

export function thanksPage(headers: IncomingHttpHeaders): string {
  const language = languageOf(headers["accept-language"]);
  const { thanks, next } = WORDS[language];
  return page(headers, language, thanks, `<p>${next}</p>`);
}

/** Says what is wrong in the sentences of the API, which are English. */
export function refusalPage(headers: IncomingHttpHeaders, { message, particulars }: ApiFailure): string {
  const language = languageOf(headers["accept-language"]);
  const { refused, again } = WORDS[language];
  const sentences = new Set(particulars.issues?.map((issue) => issue.message) ?? [message]);
  const items = [...sentences].map((sentence) => `<li>${escaped(sentence)}</li>`).join("");
  return page(headers, language, refused, `<ul lang="en">${items}</ul><p>${again}</p>`);
}

/** Leads back to where the browser says it has come from, and nowhere that the form could name. */
function page({ referer = "" }: IncomingHttpHeaders, language: Language, title: string, text: string): string {
  const from = URL.canParse(referer) ? new URL(referer) : undefined;
  const link =
    from && /^https?:$/.test(from.protocol)
      ? `<p><a href="${escaped(from.href)}">${escaped(WORDS[language].back.replace("{place}", () => from.host))}</a></p>`
      : "";
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><main><h1>${title}</h1>${text}${link}</main></body></html>`;
}

/** Of our languages the one that a browser likes best. */
function languageOf(accepted = ""): Language {
  const liked = accepted.split(",").map((part) => {
    const [tag = "", ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const weight = parameters.find((one) => one.startsWith("q="))?.slice(2) ?? "1";
    return { language: tag.split("-")[0] ?? "", weight: Number(weight) || 0 };
  });
  const best = liked
    .toSorted((a, b) => b.weight - a.weight)
    .find(({ language, weight }) => weight > 0 && Object.hasOwn(WORDS, language));
  return (best?.language as Language | undefined) ?? "en";
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
}
