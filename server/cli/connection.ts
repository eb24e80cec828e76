import { findServer } from './find-server.ts';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.ts';
import type { Shell } from './shell.ts';

/** A client of the server that this command is for. Asks nothing yet. */
export const connect = async (shell: Shell): Promise<GraphqlClient> => createGraphqlClient(await findServer(shell));
