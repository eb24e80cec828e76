import { z } from 'zod';
import type {
  CreateMachineClientMutation,
  ListMachineClientsQuery,
  RevokeMachineClientMutation,
} from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const clientSchema = z.object({
  clientId: z.string(),
  name: z.string(),
  grant: z.string(),
  signs: z.boolean(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  /** The one view that it may call; null for the whole server. */
  view: z.object({ name: z.string(), url: z.string() }).nullable(),
});
export type MachineClient = z.infer<typeof clientSchema>;

const FIELDS = 'clientId name grant signs createdAt lastUsedAt expiresAt view { name url }';

export const LIST_MACHINE_CLIENTS = operation<ListMachineClientsQuery>()(
  `query ListMachineClients($deploymentId: ID!) { result: machineClients(deploymentId: $deploymentId) { ${FIELDS} } }`,
  z.array(clientSchema),
);

export const CREATE_MACHINE_CLIENT = operation<CreateMachineClientMutation>()(
  `mutation CreateMachineClient($input: CreateMachineClientInput!) {
    result: createMachineClient(input: $input) {
      ... on MachineClientPayload { secret machineClient { ${FIELDS} } } ${REFUSAL}
    }
  }`,
  z.object({ secret: z.string().nullable(), machineClient: clientSchema }),
);

export const REVOKE_MACHINE_CLIENT = operation<RevokeMachineClientMutation>()(
  `mutation RevokeMachineClient($id: ID!) {
    result: revokeMachineClient(id: $id) { ... on MachineClient { ${FIELDS} } ${REFUSAL} }
  }`,
  clientSchema,
);
