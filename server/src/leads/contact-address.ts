import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

/** An e-mail in the form in which two are compared: trimmed, lower case. Null when it is none. */
export function normaliseEmail(raw: string): string | null {
  const email = raw.trim().normalize("NFC").toLowerCase();
  return /^[^\s@]+@[^\s@]+$/.test(email) ? email : null;
}

/**
 * A phone in the form in which two are compared: E.164 where it can be told, else its digits. Null below 7 digits.
 *
 * @param country the country of numbers written without a country code, when it is known
 */
export function normalisePhone(raw: string, country?: CountryCode): string | null {
  const written = raw.trim().slice(0, 60);
  const international = written.replace(/^00/, "+");
  const parsed = parsePhoneNumberFromString(international, country);
  if (parsed?.isPossible()) return parsed.number;
  const digits = written.replace(/\D/g, "");
  return digits.length >= 7 ? digits : null;
}

/**
 * A phone as a person has written it alone into a field, fit to be kept: E.164, or its digits where no country is known.
 * Null when it is none, or none of its country.
 */
export function readPhone(written: string, country?: CountryCode): string | null {
  const international = written.trim().replace(/^00/, "+");
  const parsed = parsePhoneNumberFromString(international, {
    extract: false,
    ...(country ? { defaultCountry: country } : {}),
  });
  if (parsed) return parsed.isPossible() ? parsed.number : null;
  if (country || international.startsWith("+") || !/^[\d\s().\-/]+$/.test(international)) return null;
  const digits = international.replace(/\D/g, "");
  return digits.length >= 7 && digits.length <= 15 ? digits : null;
}

/** The digits that every way of writing a number has in common: without country code and trunk prefix. */
export function nationalNumber(phone: string): string {
  return parsePhoneNumberFromString(phone)?.nationalNumber ?? phone.replace(/\D/g, "");
}

/** Whose numbers are written without a country code: the country that was set, else the account's own in Kommo. */
export function countryOfNumbers(set: string | null, own: string | null): CountryCode | undefined {
  const code = set ?? own;
  return code !== null && isSupportedCountry(code) ? code : undefined;
}

/** The mailbox of an e-mail as it was written; undefined when there is none. */
export function mailboxIn(email: string): string | undefined {
  const normal = normaliseEmail(email);
  return normal === null ? undefined : mailboxOf(normal);
}

/** The mailbox of a normalised e-mail: what stands behind a plus is its owner's note to himself. */
export function mailboxOf(email: string): string {
  return email.replace(/(?<=[^+])\+[^@]*(?=@)/, "");
}

/** The domain of a normalised e-mail. */
export const domainOf = (email: string): string => email.slice(email.lastIndexOf("@") + 1);

/** Whether anybody may have an address there, so that an equal domain does not mean the same company. */
export const isPublicMail = (domain: string): boolean => PUBLIC_MAIL.test(domain);

const PUBLIC_MAIL =
  /^(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|icloud|me|mac|aol|proton|protonmail|pm|gmx|web|mail|inbox|bk|list|yandex|ya|rambler|ukr|uol|bol|terra|zoho|fastmail|qq|163|126|naver|orange|free|laposte|libero|wp|o2|seznam)\.(?:com|net|org|de|ru|ua|by|kz|me|fr|es|it|pl|cz|at|ch|in|id|mx|ar|br|co|cn|kr|tr|com\.br|com\.ar|com\.mx|com\.tr|com\.co|co\.uk|co\.in|co\.id)$/;
