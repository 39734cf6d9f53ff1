/**
 * The forms in which a secret may lie about: as it is, in hex, URL-encoded, and in base64, within longer texts too: there
 * the letters depend on how many bytes stand before it.
 */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const inBase64 = [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replaceAll("=", "");
    // The outermost letters are shared with what stands beside it.
    const own = whole.slice(before === 0 ? 0 : 4, -1);
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [...new Set([secret, encodeURIComponent(secret), hex, hex.toUpperCase(), ...inBase64])];
}

/** Which of the secrets, by name, stand in a text in any form. */
export function secretsIn(text: string, secrets: ReadonlyMap<string, string>): string[] {
  return [...secrets].flatMap(([name, secret]) => (formsOf(secret).some((form) => text.includes(form)) ? [name] : []));
}
