# One image, two processes: the command chooses (docker-compose.yml shows both).
# Major and Debian release are pinned; rebuild to take security fixes of either.
FROM node:24-bookworm-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build
# Most packages are part of dist/ or of no use to a process. Of the others none reads the types and source maps.
RUN node tools/build/unbundled.mjs \
 && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) -delete

FROM base AS runtime
ENV NODE_ENV=production HOST=0.0.0.0
# The process owns nothing it runs: root's files, an ordinary user's process.
COPY package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY drizzle ./drizzle
COPY ops/prices.example.json ./ops/
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000 3001
# Readiness of the API; the worker's service overrides the port. Image health is for a single host: an orchestrator asks
# /health/live and /health/ready itself.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# exec form: SIGTERM reaches Node itself, and with it the drain.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=4", "--import", "./dist/libs/observability/otel.js", "dist/apps/api/main.js"]
