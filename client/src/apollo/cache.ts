import { InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

export const createCache = (): InMemoryCache =>
  new InMemoryCache({
    possibleTypes: {
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
      Query: { fields: { deployments: relayStylePagination(['status', 'search']) } },
      Deployment: { fields: { releases: relayStylePagination(), events: relayStylePagination() } },
    },
  });
