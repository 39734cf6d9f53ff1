import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from "@nestjs/common";
import type { FastifyReply, FastifyRequest } from "fastify";
import { map, type Observable } from "rxjs";
import { thanksPage, wantsPage } from "./form-pages.ts";

/** Says thanks to people whose browser has sent a form by itself; a receipt would be no answer to them. */
@Injectable()
export class FormPages implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (!wantsPage(request)) return next.handle();
    http.getResponse<FastifyReply>().type("text/html; charset=utf-8");
    return next.handle().pipe(map(() => thanksPage(request.headers)));
  }
}
