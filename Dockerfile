# One image, many roles: `floorwalker api`, `floorwalker worker`, `floorwalker migrate`, …
FROM node:20-bookworm-slim AS console
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY schemas schemas
COPY console console
RUN npx vite build console

FROM node:20-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:20-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates ffmpeg tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/floorwalker --shell /usr/sbin/nologin floorwalker \
 && install -d -o floorwalker -g floorwalker /var/lib/floorwalker
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
# Without the lock file, so that bin/floorwalker.mjs never tries to install anything in here.
COPY . .
RUN rm -f package-lock.json
COPY --from=console /app/console/dist console/dist
ENV NODE_ENV=production FLOORWALKER_DATA=/var/lib/floorwalker FLOORWALKER_PORT=8420
USER 10001
VOLUME /var/lib/floorwalker
EXPOSE 8420
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "deploy/healthcheck.mjs"]
ENTRYPOINT ["tini", "--", "node", "bin/floorwalker.mjs"]
CMD ["api"]
