# One image for each service, and one for provision: `docker build --build-arg PACKAGE=order -t saucery/order .`
# `--target dev` runs the TypeScript sources with tsx, for live update.

# `pnpm deploy:pin` puts the digest behind the name.
FROM node:24.21.0-bookworm-slim AS base

FROM base AS node
RUN --mount=type=cache,target=/root/.npm npm install --global pnpm@12.21.0
ENV CI=true
# What is installed for them, with the packages that they depend on.
ENV SERVICES="--filter-prod @saucery/gateway... --filter-prod @saucery/order... --filter-prod @saucery/payment... \
--filter-prod @saucery/delivery... --filter-prod @saucery/dashboard... --filter-prod @saucery/provision... \
--filter-prod @saucery/web..."

# The installation depends on these files alone, so a changed source file does not repeat it.
FROM node AS manifests
WORKDIR /saucery
COPY package.json pnpm-workspace.yaml pnpm-lock.yaml .pnpmfile.mjs ./
COPY patches patches
COPY packages packages
RUN find packages -type f ! -name package.json -delete && find packages -type d -empty -delete

FROM node AS installed
WORKDIR /saucery
COPY --from=manifests /saucery ./
# One layer for all images: all runtime dependencies and the compiler. No dependency needs its install scripts.
RUN --mount=type=cache,target=/root/.local/share/pnpm/store --mount=type=cache,target=/root/.cache/pnpm \
    pnpm install --frozen-lockfile --ignore-scripts --filter . $SERVICES
COPY tsconfig.base.json tsconfig.build.json ./
COPY deploy/tools/src/images/compile.ts deploy/tools/src/images/
COPY packages packages

# The services' dependencies and tsx, without what checks and builds. That no package is younger than a day was checked when
# the lockfile was installed on this machine; here it would take a minute.
FROM node AS sources
WORKDIR /saucery
COPY --from=manifests /saucery ./
RUN --mount=type=cache,target=/root/.local/share/pnpm/store \
    pnpm install --frozen-lockfile --ignore-scripts --config.minimum-release-age=0 --prod --filter . $SERVICES

# One image for all services under Tilt.
FROM base AS dev
WORKDIR /saucery
RUN mkdir /app .saved && chown node:node . .saved && ln -s /saucery/packages/web/dist /app/web
USER 1000:1000
COPY --from=sources --chown=node:node /saucery ./
COPY --chown=node:node tsconfig.base.json ./
COPY tilt/run.ts tilt/saved.sh tilt/
COPY --chown=node:node packages packages
RUN node --import tsx packages/web/src/build/build.ts && touch .saved/at
ENV NODE_ENV=development
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
# `PACKAGE` names the service. Not through pnpm: the signals must reach it.
CMD ["node", "tilt/run.ts"]

FROM installed AS build
RUN pnpm build
ARG PACKAGE
RUN --mount=type=cache,target=/root/.local/share/pnpm/store \
    pnpm --filter "@saucery/$PACKAGE" --prod --ignore-scripts deploy /app && \
    # Files of dependencies that only a debugger or an editor reads.
    find /app \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete
# Last, so that the other images share the layers above.
RUN if [ "$PACKAGE" = gateway ]; then pnpm --filter @saucery/web build && mv packages/web/dist /app/web; fi

# Node and the libraries that it loads, without a shell or a package manager. For scanners: the Debian release and the
# versions of the packages. Root certificates are built into Node.
FROM base AS system
RUN set -eu; mkdir -p /system/etc /system/tmp /system/var/lib/dpkg/status.d; chmod 1777 /system/tmp; \
    cp --parents /usr/local/bin/node /system; \
    cp --dereference /etc/os-release /etc/debian_version /system/etc; \
    for file in $(ldd /usr/local/bin/node | grep --only-matching '/[^ )]*'); do \
      mkdir -p "/system$(dirname "$file")"; cp --dereference "$file" "/system$file"; \
      found=$(dpkg-query --search "*/$(basename "$(readlink --canonicalize "$file")")"); package=${found%%:*}; \
      dpkg-query --status "$package" > "/system/var/lib/dpkg/status.d/$package"; done; \
    test -s /system/var/lib/dpkg/status.d/libc6
RUN printf 'node:x:1000:1000::/:/nonexistent\n' > /system/etc/passwd && printf 'node:x:1000:\n' > /system/etc/group

FROM scratch AS run
ARG PACKAGE
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=
LABEL org.opencontainers.image.title="saucery-${PACKAGE}" \
      org.opencontainers.image.description="Saucery: ${PACKAGE}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
COPY --from=system /system /
COPY --from=build /app /app
ENV NODE_ENV=production PATH=/usr/local/bin
WORKDIR /app
USER 1000:1000
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
# The condition `compiled` makes the packages' exports resolve to JavaScript.
CMD ["node", "--conditions=compiled", "dist/main.js"]
