import { TextDecoder } from "node:util";
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { parse } from "qs";
import { ApiFailure } from "./api-failure.ts";

/** More fields than any form of twenty people has. */
const MOST_FIELDS = 500;

/** Reads forms of browsers, with names such as `contacts[0][email]`. */
export function readForms(app: NestFastifyApplication) {
  app.useBodyParser("application/x-www-form-urlencoded", {}, ({ headers }, body, done) => {
    try {
      done(null, parseForm(body as Buffer, decoderOf(headers["content-type"] ?? "")));
    } catch (error) {
      done(error instanceof ApiFailure ? error : Object.assign(error as Error, { statusCode: 400 }), undefined);
    }
  });
}

function parseForm(body: Buffer, decoder: TextDecoder): unknown {
  // A character for each byte: what stands in for which letter only the decoder knows.
  return parse(body.toString("latin1"), {
    depth: 4,
    parameterLimit: MOST_FIELDS,
    arrayLimit: MOST_FIELDS,
    throwOnLimitExceeded: true,
    plainObjects: true,
    allowPrototypes: false,
    decoder: (written) => lettersOf(written, decoder),
  });
}

/** @throws ApiFailure for an encoding that nobody knows */
function decoderOf(contentType: string): TextDecoder {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    throw new ApiFailure(
      "invalid_input",
      `The form is encoded as ${charset}, which is not known here; send it as UTF-8.`,
    );
  }
}

/** @throws ApiFailure when it is encoded otherwise than it says */
function lettersOf(written: string, decoder: TextDecoder): string {
  const plain = written
    .replaceAll("+", " ")
    .replace(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
  try {
    return decoder.decode(Buffer.from(plain, "latin1"));
  } catch {
    throw new ApiFailure(
      "invalid_input",
      `The form's letters are not encoded as ${decoder.encoding.toUpperCase()}; give the form accept-charset="utf-8", or name its charset in the content type.`,
    );
  }
}
