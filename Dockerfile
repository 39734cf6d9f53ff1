# The server as one image; ROLE decides whether a container takes webhooks, works, or does both.

FROM node:24-slim AS pnpm
RUN npm install --global pnpm@10.34.9
WORKDIR /dealscope
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY shared/package.json shared/
COPY server/package.json server/
COPY e2e/package.json e2e/
COPY widget/package.json widget/

# Only what runs in production. Optional packages are the embedded PostgreSQL, which a container has no use for.
FROM pnpm AS dependencies
RUN pnpm install --frozen-lockfile --prod --no-optional --filter "@dealscope/server..."

# The compiler besides; nothing of the widget and of the tests.
FROM pnpm AS build
RUN pnpm install --frozen-lockfile --filter dealscope --filter "@dealscope/server..."
COPY tsconfig.base.json tsconfig.json ./
COPY shared shared
COPY server server
RUN node_modules/.bin/tsc -b

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /dealscope
COPY --from=dependencies /dealscope ./
COPY --from=build /dealscope/shared/dist shared/dist
COPY --from=build /dealscope/server/dist server/dist
USER node
EXPOSE 3000
HEALTHCHECK --start-period=30s --interval=10s --timeout=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Without a shell in between: a stop has to reach the server, which then finishes what it holds.
# The flags halve the memory for a few percent more collecting.
CMD ["node", "--max-semi-space-size=4", "--heap-growing-percent=100", "server/dist/main.js"]
