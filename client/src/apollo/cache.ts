import { InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

type AnalysisStatus = 'RUNNING' | 'DONE' | 'PARTIAL' | 'FAILED';

/**
 * Keeps a finished analysis finished. A query result that was read before the end can arrive, over its own connection,
 * after the subscription has reported the end.
 */
const forwardStatus = (existing: AnalysisStatus | undefined, incoming: AnalysisStatus): AnalysisStatus =>
  existing !== undefined && existing !== 'RUNNING' && incoming === 'RUNNING' ? existing : incoming;

const longer = (existing: readonly unknown[] | undefined, incoming: readonly unknown[]): readonly unknown[] =>
  existing !== undefined && existing.length > incoming.length ? existing : incoming;

const forwardFailure = (existing: unknown, incoming: unknown): unknown => incoming ?? existing ?? null;

export const createCache = (): InMemoryCache =>
  new InMemoryCache({
    possibleTypes: {
      ServiceKey: ['PlainKey', 'FlyKey'],
      UserError: [
        'InvalidInputError',
        'NotFoundError',
        'ConflictError',
        'LimitError',
        'UpstreamError',
        'GenericUserError',
      ],
    },
    typePolicies: {
      // Each viewer has exactly one.
      Settings: { keyFields: [] },
      Query: {
        fields: {
          auditEvents: relayStylePagination(['deploymentId', 'types', 'since', 'until', 'actor', 'search']),
          registryServers: relayStylePagination(['search', 'sort', 'deployable']),
          deployments: relayStylePagination(['status', 'search']),
        },
      },
      Analysis: {
        fields: {
          status: { merge: forwardStatus },
          stages: { merge: longer },
          candidates: { merge: longer },
          warnings: { merge: longer },
          failure: { merge: forwardFailure },
        },
      },
      Deployment: {
        fields: {
          releases: relayStylePagination(),
          events: relayStylePagination(),
          calls: relayStylePagination(['filter']),
          // It has no id of its own, and the page reads less of it than its tab.
          definitions: { merge: true },
          packageCheck: { merge: true },
        },
      },
    },
  });
