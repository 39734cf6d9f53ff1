import type { OpenAPIObject } from "@nestjs/swagger";
import type { FastifyInstance } from "fastify";
import { ask } from "./widget-api-kit.ts";
import type { World } from "./world.ts";

type Described = NonNullable<OpenAPIObject["paths"][string]["get"]>;

/** A route as the document tells of it. */
export interface Operation {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** With `{name}` for what differs. */
  path: string;
  described: Described;
}

/** How a route is named in tables and messages. */
export const nameOf = ({ method, path }: Pick<Operation, "method" | "path">) => `${method} ${path}`;

/** Every route that the server's own document tells of. */
export async function operationsOf(world: World): Promise<Operation[]> {
  const document = (await ask(world, "/api/openapi.json")).body as OpenAPIObject;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({
      method: method.toUpperCase() as Operation["method"],
      path,
      described: described as Described,
    })),
  );
}

/** Whether a route is opened by this kind of token. */
export function takes(operation: Operation, token: "session" | "one-time-token"): boolean {
  return (operation.described.security ?? []).some((one) => token in one);
}

/** Every route that Fastify answers, as `GET /api/leads/{id}/card`; what browsers ask by themselves (HEAD, OPTIONS) is left out. */
export function routesOf(app: FastifyInstance): string[] {
  const folders: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split("\n")
    .flatMap((line) => {
      const [, indent, path, methods] = /^([│ ]*)[├└]── (\S*) ?(?:\((.*)\))?$/.exec(line) ?? [];
      if (indent === undefined || path === undefined) return [];
      const depth = indent.length / 4;
      folders.splice(depth, Number.POSITIVE_INFINITY, path);
      const whole = folders.join("").replace(/:(\w+)/g, "{$1}");
      return (methods?.split(", ") ?? []).map((method) => `${method} ${whole}`);
    })
    .filter((route) => !/^(HEAD|OPTIONS) /.test(route))
    .sort();
}
