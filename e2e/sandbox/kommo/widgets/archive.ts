import { unzipSync } from "fflate";
import { z } from "zod";
import { Problem } from "../api/problem.ts";

const LOCALES = ["en", "es", "pt", "tr", "id"] as const;
const LOGOS = ["logo.png", "logo_small.png", "logo_main.png", "logo_medium.png", "logo_min.png"];
const LISTED = ["lcard", "ccard", "comcard", "llist", "clist", "tlist"];
const LOCATIONS = [
  ...LISTED.flatMap((name) => [`${name}-0`, `${name}-1`]),
  ..."settings advanced_settings card_sdk catalogs digital_pipeline lead_sources widget_page sms mobile_card".split(
    " ",
  ),
  ..."salesbot_designer website_chat_button ai_agent everywhere".split(" "),
];

const Fields = z.record(z.string(), z.object({ name: z.string(), type: z.string(), required: z.boolean() }));

const Manifest = z.object({
  widget: z.object({
    name: z.string(),
    description: z.string(),
    short_description: z.string(),
    version: z.string().default("1.0.0"),
    interface_version: z.literal(2),
    init_once: z.boolean().default(false),
    locale: z.array(z.enum(LOCALES)).min(1),
    installation: z.boolean(),
    support: z.object({ link: z.string(), email: z.string() }).partial().optional(),
  }),
  locations: z.array(z.enum(LOCATIONS)).min(1),
  settings: z
    .record(
      z.string(),
      z.object({
        name: z.string(),
        type: z.enum(["text", "pass", "users", "users_lp", "custom"]),
        required: z.boolean(),
      }),
    )
    .default({}),
  dp: z.object({ settings: Fields, action_multiple: z.boolean(), webhook_url: z.url() }).optional(),
});

export type Manifest = z.infer<typeof Manifest>;
export type Texts = { [key: string]: string | Texts };

/** A widget as it is uploaded, unpacked in memory. */
export interface WidgetArchive {
  readonly manifest: Manifest;
  /** By path from the root of the archive. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** By language. */
  readonly texts: ReadonlyMap<string, Texts>;
}

/** @throws Problem 400 that says what Kommo would refuse the archive for */
export function readArchive(zip: Uint8Array): WidgetArchive {
  const files = new Map(Object.entries(unzip(zip)).filter(([path]) => !path.endsWith("/")));
  const found = Manifest.safeParse(jsonOf(files, "manifest.json"));
  if (!found.success) throw new Problem(400, `manifest.json: ${z.prettifyError(found.error)}`);
  const manifest = found.data;
  for (const name of LISTED) {
    const isTwice = manifest.locations.includes(`${name}-0`) && manifest.locations.includes(`${name}-1`);
    if (isTwice) throw new Problem(400, `The locations ${name}-0 and ${name}-1 exclude each other.`);
  }
  for (const logo of LOGOS) {
    if (!files.has(`images/${logo}`)) throw new Problem(400, `images/${logo} is missing.`);
  }
  if (manifest.locations.includes("digital_pipeline")) {
    if (!manifest.dp) throw new Problem(400, "The location digital_pipeline needs a part dp.");
    if (!files.has("images/logo_dp.png")) throw new Problem(400, "images/logo_dp.png is missing.");
  }
  const texts = new Map(manifest.widget.locale.map((lang) => [lang, jsonOf(files, `i18n/${lang}.json`) as Texts]));
  return { manifest, files, texts };
}

function unzip(zip: Uint8Array) {
  try {
    return unzipSync(zip);
  } catch (error) {
    throw new Problem(400, `This is no zip archive: ${(error as Error).message}.`);
  }
}

/** A byte order mark is kept, so that it is seen. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function jsonOf(files: ReadonlyMap<string, Uint8Array>, path: string): unknown {
  const bytes = files.get(path);
  // A folder around everything is the usual mistake.
  if (!bytes) throw new Problem(400, `${path} is missing at the root of the archive.`);
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    throw new Problem(400, `${path} is not JSON in UTF-8 without a byte order mark.`);
  }
}
