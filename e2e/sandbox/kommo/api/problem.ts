import type { ItemError } from "../crm/invalid-item.ts";

const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
};

export interface RefusedItem {
  request_id: string;
  errors: readonly ItemError[];
}

/** A refusal in Kommo's form, `application/problem+json`. */
export class Problem extends Error {
  readonly status: number;
  readonly items: readonly RefusedItem[] | undefined;

  constructor(status: number, detail: string, items?: readonly RefusedItem[]) {
    super(detail);
    this.status = status;
    this.items = items;
  }

  toJSON(): object {
    return {
      ...(this.items ? { "validation-errors": this.items } : {}),
      title: TITLES[this.status] ?? "Error",
      type: `https://httpstatus.es/${this.status}`,
      status: this.status,
      detail: this.message,
    };
  }
}

export function notFound(): Problem {
  return new Problem(404, "Not Found");
}

export function forbidden(detail = "Forbidden"): Problem {
  return new Problem(403, detail);
}

export function badParameter(path: string, detail: string): Problem {
  return new Problem(400, "Request validation failed", [
    { request_id: "0", errors: [{ code: "InvalidValue", path, detail }] },
  ]);
}
