import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { parse } from "qs";

/** More fields than any form of twenty people has. */
const MOST_FIELDS = 500;

/** Reads forms of browsers, with names such as `contacts[0][email]`. */
export function readForms(app: NestFastifyApplication) {
  app.useBodyParser("application/x-www-form-urlencoded", {}, (_request, body, done) => {
    try {
      done(null, parseForm(String(body)));
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }), undefined);
    }
  });
}

function parseForm(body: string): unknown {
  return parse(body, {
    depth: 4,
    parameterLimit: MOST_FIELDS,
    arrayLimit: MOST_FIELDS,
    throwOnLimitExceeded: true,
    plainObjects: true,
    allowPrototypes: false,
  });
}
