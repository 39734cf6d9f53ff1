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

/** What a route answers, for the document and for Nest. */
export function Answers(schema: z.ZodType, { is, status = 200, refusals = [] }: Answer) {
  const codes = [...ANY_ROUTE, ...refusals];
  const byStatus = Map.groupBy(codes, (code) => statusOf[code]);
  return applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description: is, standardSchema: schema }),
    ...[...byStatus].map(([refused, meant]) =>
      ApiResponse({ status: refused, description: `Code ${meant.join(" or ")}.`, standardSchema: ApiError }),
    ),
  );
}
