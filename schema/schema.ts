import './scalars.ts';
import './errors.ts';
import './installation.ts';
import './viewer/viewer.ts';
import './viewer/account.ts';
import './viewer/api-token.ts';
import './viewer/device-login.ts';
import './viewer/session.ts';
import './viewer/sign-in-link.ts';
import './settings/operations.ts';
import './catalogue/catalogue.ts';
import './analysis/operations.ts';
import './deployment/event.ts';
import './deployment/usage.ts';
import './deployment/set-values.ts';
import './deployment/newer-version.ts';
import './deployment/waking.ts';
import './deployment/release-changes.ts';
import './deployment/queries.ts';
import './deployment/mutations.ts';
import './deployment/subscriptions.ts';
import './access-token/mutations.ts';
import './audit/audit-events.ts';
import './registry/queries.ts';
import { builder } from './builder.ts';

/** The whole GraphQL schema. It holds no state: everything it works on comes with the context. */
export const schema = builder.toSchema();
