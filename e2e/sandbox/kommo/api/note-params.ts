import { z } from "zod";

export const WRITABLE_NOTES = [
  "common",
  "service_message",
  "extended_service_message",
  "call_in",
  "call_out",
  "sms_in",
  "sms_out",
  "geolocation",
  "attachment",
  "message_cashier",
] as const;

const call = z.looseObject({
  uniq: z.string(),
  duration: z.number(),
  source: z.string(),
  link: z.string(),
  phone: z.string(),
});
const sms = z.looseObject({ text: z.string(), phone: z.string() });
const service = z.looseObject({ service: z.string(), text: z.string() });

/** What each type of note needs in `params`; other types can only be read. */
export const noteParams: Record<(typeof WRITABLE_NOTES)[number], z.ZodType<Record<string, unknown>>> = {
  common: z.looseObject({ text: z.string() }),
  service_message: service,
  extended_service_message: service,
  call_in: call,
  call_out: call,
  sms_in: sms,
  sms_out: sms,
  geolocation: z.looseObject({ text: z.string(), address: z.string(), longitude: z.string(), latitude: z.string() }),
  attachment: z.looseObject({ file_uuid: z.string(), version_uuid: z.string(), file_name: z.string() }),
  message_cashier: z.looseObject({ status: z.enum(["created", "shown", "canceled"]), text: z.string() }),
};
