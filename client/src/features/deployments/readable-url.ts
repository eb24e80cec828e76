/**
 * The address of an endpoint with the short name in place of the id. Clients that sign in need the one with the id: it is
 * the one that the OAuth metadata names, and they compare (RFC 9728, section 3.3). For OAuth the address by id is returned.
 */
export const readableUrl = (deployment: {
  endpointUrl: string;
  databaseId: string;
  slug: string;
  access: string;
}): string =>
  deployment.access === 'OAUTH'
    ? deployment.endpointUrl
    : deployment.endpointUrl.replace(deployment.databaseId, deployment.slug);
