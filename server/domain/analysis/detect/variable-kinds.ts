import type { FieldKind } from '../result.ts';
import type { Scope } from './finding.ts';

/** Variables of the system, a shell, a package manager, a test runner or a proxy. They do not configure a server. */
const SYSTEM =
  /^(?:PATH|HOME|USER|USERNAME|LOGNAME|SHELL|TERM\w*|COLORTERM|LANG|LC_\w+|PWD|OLDPWD|TMP|TEMP|TMPDIR|EDITOR|VISUAL|PAGER|HOSTNAME|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|PROGRAMFILES\w*|PROGRAMDATA|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|OS|PREFIX|SSH_\w+|DISPLAY|WAYLAND_DISPLAY|XDG_\w+|NODE_ENV|NODE_OPTIONS|NODE_PATH|NODE_DEBUG|NODE_V8_COVERAGE|NODE_CHANNEL_FD|NODE_UNIQUE_ID|NODE_PENDING_DEPRECATION|NODE_TLS_REJECT_UNAUTHORIZED|NODE_EXTRA_CA_CERTS|NODE_NO_WARNINGS|NO_COLOR|FORCE_COLOR|CI|CI_\w+|MCP_SESSION_ID|VITEST\w*|JEST_WORKER_ID|TEST|TESTING|MOCHA_\w+|NPM_\w+|INIT_CWD|YARN_\w+|PNPM_\w+|BUN_\w+|DENO_\w+|UV_\w+|PIP_\w+|PYTHON\w+|VIRTUAL_ENV|CONDA_\w+|GITHUB_ACTIONS|GITHUB_WORKSPACE|GITHUB_SHA|GITHUB_REF\w*|GITHUB_RUN_ID|GITHUB_EVENT_\w+|RUNNER_\w+|TRAVIS|CIRCLECI|APPVEYOR|TEAMCITY_VERSION|BUILD_NUMBER|BUILDKITE|DRONE|VERCEL|VERCEL_ENV|VERCEL_URL|NETLIFY|NOW_\w+|LAMBDA_TASK_ROOT|AWS_LAMBDA_\w+|AWS_EXECUTION_ENV|K_SERVICE|FUNCTION_\w+|WEBSITE_\w+|HTTPS?_PROXY|ALL_PROXY|NO_PROXY|DEBUG_\w+|DEBUG|NO_DEPRECATION|TRACE_DEPRECATION|READABLE_STREAM|GRACEFUL_FS_\w+|TSC_\w+|TS_NODE\w*|ESBUILD_\w+|BABEL_\w+|WS_NO_\w+|OTEL_\w+|PKG_CONFIG_PATH|UNDICI_\w+|FETCH_\w+|WSL_\w+|DBUS_\w+|CODESPACES?|CODESPACE_NAME|GITPOD_\w+|DOCKER_HOST|KUBERNETES_(?:SERVICE|PORT)_?\w*|WT_SESSION|CONEMU\w+|TMUX|STY|DOTENV_\w+|MINIMATCH_\w+|__\w+)$/;

/** Exceptions, which configure a server where its documents name them: a company's proxy, a headless mode. */
const NETWORK = /^(?:HTTPS?_PROXY|ALL_PROXY|NO_PROXY|NODE_EXTRA_CA_CERTS|CI)$/;

export const isHeededVariable = (name: string): boolean => NETWORK.test(name);

/** Settings of a framework's HTTP side, which a stdio server never reads. */
export const isFrameworkVariable = (name: string): boolean =>
  /^(?:FASTMCP|UVICORN|GUNICORN|STARLETTE|WRANGLER|CF)_/.test(name);

export const isSystemVariable = (name: string): boolean => SYSTEM.test(name);

const SECRET =
  /(?:^|_)(?:API_?KEY|APIKEY|APITOKEN|KEY|TOKEN|TKN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|PASS|PWD|PAT|JWT|COOKIES?|BEARER|CREDENTIALS?|CREDS|SESSION|SESSION_STRING|SESSION_TOKEN|API_HASH|KUBECONFIG_(?:YAML|CONTENT|BASE64)|DSN|CONNECTION_STRING|CONN_STR|CONNECTIONSTRING|AUTH_HEADER|AUTHORIZATION|(?:CUSTOM_|EXTRA_|API_|MCP_)?HEADERS)(?:_\d+|_JSON|_BASE64)?$/;
const NOT_SECRET =
  /(?:^|_)(?:MAX|MIN|LIMIT|COUNT|TTL|PREFIX|PUBLIC|SSL|TLS|CACHE|PRIMARY|SORT|PARTITION|FOREIGN|HAS|USE|ENABLE|DISABLE|REQUIRE|ALLOW|REJECT|VALIDATE|REDACT)_|^(?:NO|SKIP)_|(?:^|_)CLIENT_KEY$|KEY_ID$|KEY_NAME$|_KEY_(?:PATH|FILE)$|TOKEN_(?:PATH|FILE|URL|LIMIT|TTL|ENDPOINT)$/;
const CONNECTION =
  /^(?:[A-Z0-9]+_){0,3}?(?:DATABASE|DB|POSTGRES(?:QL)?|PG|MYSQL|MARIADB|MONGO(?:DB)?|MDB|REDIS|AMQP|RABBITMQ|CLICKHOUSE|SNOWFLAKE|MSSQL|NEO4J)_?(?:MCP_)?(?:CONNECTION_)?(?:URL|URI|STRING)$/;

/** True for the name of a secret. */
export const isSecretName = (name: string): boolean =>
  CONNECTION.test(name) || (SECRET.test(name) && !NOT_SECRET.test(name) && !isFileName(name, undefined));

const FILE =
  /^(?:KUBECONFIG|GOOGLE_APPLICATION_CREDENTIALS)$|(?:CREDENTIALS?|KEY|KEYFILE|CERT|CERTIFICATE|SERVICE_ACCOUNT(?:_KEY)?|PEM)_(?:FILE|PATH|FILE_PATH|JSON_PATH)$/;

/** True for a variable with the path of a file that the user has: a key, a certificate, a service account. */
export function isFileName(name: string, example: string | undefined): boolean {
  if (FILE.test(name)) return true;
  return (
    /CREDENTIALS?$|SERVICE_ACCOUNT$|CERT$|KEYFILE$/.test(name) &&
    /[/\\][^\s]*\.(?:json|pem|p12|key|crt)\b/i.test(example ?? '')
  );
}

const HTTP =
  /^(?:PORT|HOST|BIND|BIND_HOST|BIND_PORT|LISTEN|LISTEN_ADDR|SERVER_PORT|SERVER_HOST|HTTP_PORT|HTTP_HOST|SSE_PORT|SSE_LOCAL|BASE_PATH|PUBLIC_URL|CORS_\w+|ALLOWED_ORIGINS|ALLOWED_HOSTS|TRUST_PROXY|RESOURCE_URL|AUTH_SERVER_URL|SESSION_SECRET|SSE|STREAMABLE_HTTP|MCP_SERVER_URL|MCP_AUTH_TOKEN|(?:MCP_)?AUTH_(?:ENABLED|REQUIRED)|MCP_(?:CLIENT_ID|CLIENT_SECRET|ISSUER(?:_URL)?|REDIRECT_URIS?|AUTH_(?:MODE|SECRET\w{0,10})|SESSION_MODE)|OAUTH_(?:ENABLED|AUDIENCE|CLOCK_TOLERANCE))$|(?:^|_)(?:MCP|HTTP|SSE|SERVER|LISTEN|BIND|FASTMCP|TRANSPORT)_(?:PORT|HOST|ADDR|ADDRESS|PATH|ENDPOINT)$|(?:^|_)(?:HTTP_STREAM\w*|STREAMABLE_\w+|STATELESS(?:_HTTP)?|SSE_\w+|CLOUD_SERVICE|IS_REMOTE_\w+|JWKS_URL|OAUTH_ISSUER(?:_URL)?|OAUTH_INTROSPECT\w*|MCP_RESOURCE_URL|APPS_CHALLENGE_TOKEN|AUTH_SERVER_URL|CORS\w*|ALLOWED_ORIGINS|ALLOWED_HOSTS|ALLOWED_REDIRECT_URIS|DYNAMIC_(?:CLIENT_)?REGISTRATION|REMOTE_AUTH(?:ORIZATION)?|MCP_OAUTH|INSECURE_ISSUER_URL|PUBLIC_(?:BASE_)?URL|SELF_URL|REMOTE_SECRET_KEY|CLIENT_IP_\w+|HOST_VALIDATION|DNS_REBINDING\w*)$|^FASTMCP_|^EMA_|JWKS|^MCP_(?:BIND|HTTP|SSE)_/;

const LOGGING =
  /(?:^|_)(?:LOG_LEVEL|LOGLEVEL|LOG_FORMAT|LOGS?_FILE|LOGS?_DIR|LOGS?_PATH|LOG_(?:DISABLED?|ENABLED?|PER_\w{1,20}|TO_\w{1,20}|STDERR|CONSOLE|COLORS?|JSON|RETENTION\w{0,10}|ROTATION)|AUDIT_LOG\w{0,10}|LOGGERS?|LOGGING|ENABLE_LOGGING|VERBOSE|DEBUG|TELEMETRY|NO_TELEMETRY|SENTRY_DSN|APPLICATIONINSIGHTS_\w{1,30}|DO_NOT_TRACK|USAGE_STATISTICS|TRACING|METRICS|POSTHOG_\w+)(?:_ENABLED|_DISABLED)?$|TELEMETRY|^SENTRY_(?:ENVIRONMENT|RELEASE|TRACES\w*)$|POSTHOG|^OTEL/;

/** The scope that the name alone implies. */
export const scopeOfName = (name: string): Scope => (HTTP.test(name) ? 'http' : 'stdio');

/** Logging, telemetry and the choice of transport: real settings that few people change. */
export const isAdvancedName = (name: string): boolean =>
  LOGGING.test(name) ||
  HTTP.test(name) ||
  NETWORK.test(name) ||
  /(?:^|_)HTTP_|HOST_BINDING|(?:^|_)(?:TRANSPORT|TRANSPORT_TYPE|TRANSPORT_MODE|MCP_MODE)$|TIMEOUT|RETRY|RETRIES|CACHE|MAX_|_MAX|BACKOFF|INTERVAL|THRESHOLD|CONCURRENCY|BATCH_SIZE|PROXY|RATE_LIMIT|CIRCUIT|STATELESS|DANGEROUS|INSECURE|MCP_SERVER_(?:NAME|VERSION)/.test(
    name,
  );

/** Variables that take the server away from stdio, or another program's: they must never be filled in by mistake. */
export const isTransportVariable = (name: string): boolean =>
  /(?:^|_)TRANSPORT(?:_TYPE|_MODE)?$/.test(name) || name === 'PORT';

/** The input that suits a variable, from its name, its default and an example. */
export function kindOf(
  name: string,
  facts: { default?: string | undefined; example?: string | undefined; secret: boolean; choices: string[] },
): FieldKind {
  if (isFileName(name, facts.example)) return 'FILE';
  if (facts.secret) return 'SECRET';
  const values = facts.choices.map((choice) => choice.toLowerCase());
  if (values.length === 2 && values.includes('true') && values.includes('false')) return 'BOOLEAN';
  if (facts.choices.length > 1) return 'CHOICE';
  const sample = facts.default ?? facts.example;
  if (sample !== undefined && /^(?:true|false)$/i.test(sample)) return 'BOOLEAN';
  if (
    sample !== undefined &&
    /^\d+(?:\.\d+)?$/.test(sample) &&
    /PORT|TIMEOUT|LIMIT|MAX|MIN|SIZE|COUNT|TTL|INTERVAL|RETRIES|SECONDS|_MS|DELAY/.test(name)
  )
    return 'NUMBER';
  return 'TEXT';
}

const ACRONYMS = new Set(
  'API URL URI ID DB SSL TLS SQL MCP AWS GCP SSH JWT DSN CA IP HTTP HTTPS JSON PII DDL CI AI OAUTH SSE TTL UI PAT'.split(
    ' ',
  ),
);

/** `FIRECRAWL_API_KEY` → `Firecrawl API key`. */
export function labelOf(name: string): string {
  const words = name
    .replace(/^-+/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .split(/[_\-\s.]+/)
    .filter(Boolean)
    .map((word) =>
      ACRONYMS.has(word.toUpperCase()) ? word.toUpperCase().replace('OAUTH', 'OAuth') : word.toLowerCase(),
    );
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
