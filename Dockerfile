# One image for every command of provider-sync; `worker` by default. In a running container the command is
# `provider-sync`. Debian, since Temporal's core is built for glibc.
ARG NODE_IMAGE=node:24.21.0-trixie-slim@sha256:173f125896c3b47ddf056734c7ea789d04595a6a08769a8f78e0df642781fb66

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
# Without scripts: our own would build, and the sources are not there yet.
RUN npm ci --ignore-scripts
COPY src src
COPY workflows workflows
COPY activities activities
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Temporal's core comes as source and built for five platforms; one of them is ours.
RUN npm ci --omit=dev --ignore-scripts \
  && cd node_modules/@temporalio/core-bridge \
  && rm -rf sdk-core src \
  && find releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="Provider Sync" \
  org.opencontainers.image.description="A durable sync of clinicians from an unreliable partner API into Postgres, on Temporal" \
  org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update \
  && apt-get install --no-install-recommends --yes tini \
  && rm -rf /var/lib/apt/lists/* \
  && ln -s /app/dist/src/cli/main.js /usr/local/bin/provider-sync
# With more arenas, glibc keeps freed memory of each thread: a worker that syncs many pages takes a fifth more.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json partners.yaml ./
COPY --from=build /app/dist dist
USER node
STOPSIGNAL SIGTERM
# Asks Temporal whether this worker still asks for work.
HEALTHCHECK --interval=1m --timeout=20s --start-period=1m --retries=2 \
  CMD ["node", "dist/src/cli/main.js", "doctor", "--worker"]
ENTRYPOINT ["tini", "--", "node", "dist/src/cli/main.js"]
CMD ["worker"]
