# The backend: dashboard, GraphQL API and endpoints. It is the package that people install, with the image's own Node.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run package

FROM node:24-slim
# The only folder that the program may write; with PostgreSQL and the secrets given nothing of it has to last.
RUN install -d -m 0700 -o node -g node /data
ENV NODE_ENV=production \
  CATWALK_DATA_DIR=/data
WORKDIR /app
COPY --from=build --chown=root:root /app/dist/package ./
# The one library that no bundle holds, since it brings files of its own.
COPY --from=build --chown=root:root /app/node_modules/@electric-sql ./node_modules/@electric-sql
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/api/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=32", "dist/server/server.js"]
