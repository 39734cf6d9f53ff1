import { ApiError, type ApiErrorCode } from "@dealscope/shared/api-error";
import { applyDecorators, HttpCode } from "@nestjs/common";
import { ApiResponse } from "@nestjs/swagger";
import type { z } from "zod";
import { statusOf } from "./api-failure.ts";

interface Answer {
  /** One sentence. */
  is: string;
  status?: number;
  /** Refusals besides those that any route may give: unauthorized, invalid_input, too_many_requests, internal. */
  refusals?: ApiErrorCode[];
}

const ANY_ROUTE: ApiErrorCode[] = ["unauthorized", "invalid_input", "too_many_requests", "internal"];

/** What a route answers, for the document and for Nest. `{ Card }` names the schema there. */
export function Answers(named: Record<string, z.ZodType>, { is, status = 200, refusals = [] }: Answer) {
  return applyDecorators(
    HttpCode(status),
    ...Object.entries(named).map(([title, schema]) =>
      ApiResponse({ status, description: is, standardSchema: schema.meta({ title }) }),
    ),
    ...refusalsOf(refusals),
  );
}

/** The same of a route that streams text of one of these types. */
export function Streams(types: readonly string[], { is, refusals = [] }: Omit<Answer, "status">) {
  const text = { schema: { type: "string" as const } };
  const content = Object.fromEntries(types.map((type) => [type, text]));
  return applyDecorators(ApiResponse({ status: 200, description: is, content }), ...refusalsOf(refusals));
}

function refusalsOf(refusals: readonly ApiErrorCode[]) {
  const byStatus = Map.groupBy([...ANY_ROUTE, ...refusals], (code) => statusOf[code]);
  return [...byStatus].map(([status, meant]) =>
    ApiResponse({ status, description: `Code ${meant.join(" or ")}.`, standardSchema: ApiError }),
  );
}
