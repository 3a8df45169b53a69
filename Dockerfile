# The built server and its pages alone; the packages are in them. It needs DATABASE_URL: the embedded Postgres is for
# development and stays out of the image.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/bootstrap.mjs build

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/dist ./dist
# The command by its name, for `docker exec` and `kubectl exec`.
RUN ln -s /app/dist/server/main.js /usr/local/bin/heliograph
# For the simulated Slack's volume, which takes the owner of the folder that it covers.
RUN install -d -o node /state
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node as the first process of a container ignores signals that it has no listener for; the server listens for SIGTERM.
# Room for young objects that a quiet server keeps: as in scripts/bootstrap.mjs.
# A core dump would hold every key and token: there is none, whatever the host's default.
ENTRYPOINT ["sh", "-c", "ulimit -c 0 && exec node --enable-source-maps --min-semi-space-size=8 dist/server/main.js \"$@\"", "heliograph"]
CMD ["serve"]
