import { machineClientsOf } from '#server/domain/oauth/machine-clients.ts';
import { builder } from '../builder.ts';
import { requireUuid, rowUuid, uuidOf } from '../ids.ts';
import { ViewType } from '../view/view.ts';

const MachineGrantEnum = builder.enumType('MachineGrant', {
  description: 'The grant that a machine client may use.',
  values: {
    CLIENT_CREDENTIALS: { description: 'The client acts for the owner of the deployment.' },
    IDENTITY_ASSERTION: { description: 'The client acts for users whom a trusted identity provider names.' },
  } as const,
});

const MachineClientType = builder.prismaNode('OAuthClient', {
  name: 'MachineClient',
  description: 'An OAuth client that calls one endpoint without a person. Its secret is shown once, when it is made.',
  id: { field: 'id', description: 'The global id.' },
  nullable: true, // one that is not there is null, not an error of ours
  findUnique: (id, { actor }) => ({ ...machineClientsOf(actor?.userId ?? ''), id: rowUuid(id) }),
  select: { grant: true, authMethods: true },
  fields: (t) => ({
    clientId: t.exposeString('id', { description: 'The client_id that the client sends to the token endpoint.' }),
    name: t.exposeString('name', { description: 'Name given by the owner.' }),
    grant: t.field({
      type: MachineGrantEnum,
      description: 'The grant that it may use.',
      resolve: ({ grant }) => grant ?? 'CLIENT_CREDENTIALS', // machineClientsOf finds none without a grant
    }),
    signs: t.boolean({
      description: 'True if it signs with a key of its own (private_key_jwt); false if it has a secret.',
      resolve: ({ authMethods }) => authMethods.includes('private_key_jwt'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it last received a token; null before the first time.',
      select: { createdAt: true, lastSeenAt: true },
      resolve: ({ createdAt, lastSeenAt }) => (lastSeenAt > createdAt ? lastSeenAt : null),
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the client ends, or null if it never does.',
    }),
    view: t.relation('view', {
      type: ViewType,
      nullable: true,
      description: 'The one view that it may call; null for the whole server.',
    }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true, description: 'When it was revoked.' }),
  }),
});

builder.queryField('machineClients', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: [MachineClientType],
    description: 'The machine clients of a deployment that are not revoked, the newest first.',
    args: { deploymentId: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
    resolve: (query, _root, { deploymentId }, { prisma, actor }) =>
      prisma.oAuthClient.findMany({
        ...query,
        where: {
          ...machineClientsOf(actor.userId),
          deploymentId: rowUuid(uuidOf(deploymentId, 'Deployment') ?? ''),
          revokedAt: null,
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      }),
  }),
);

const CreateMachineClientInput = builder.inputType('CreateMachineClientInput', {
  description: 'An OAuth client to make for programs that work without a person.',
  fields: (t) => ({
    deploymentId: t.id({ description: 'Global id or UUID of the deployment, whose access must be OAUTH.' }),
    name: t.string({ description: 'Name of the client, such as the job that will use it.' }),
    grant: t.field({
      type: MachineGrantEnum,
      required: false,
      description: 'The grant that it may use; CLIENT_CREDENTIALS when not given.',
    }),
    view: t.string({
      required: false,
      description: 'Name of the one view that it may call; the whole server when not given.',
    }),
    publicKey: t.string({
      required: false,
      description:
        'Public key with which the client signs (private_key_jwt): PEM, a JWK or a JWK set. It receives a secret when not given.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'When the client ends; it never does when not given.',
    }),
  }),
});

const MachineClientPayload = builder
  .objectRef<{ id: string; secret: string | null }>('MachineClientPayload')
  .implement({
    description: 'A new machine client.',
    fields: (t) => ({
      secret: t.exposeString('secret', {
        nullable: true,
        description: 'The secret, shown here and never again; null for a client that signs.',
      }),
      machineClient: t.withAuth({ signedIn: true }).prismaField({
        type: MachineClientType,
        description: 'The client, without its secret.',
        resolve: (query, { id }, _args, { prisma, actor }) =>
          prisma.oAuthClient.findFirstOrThrow({ ...query, where: { id, ...machineClientsOf(actor.userId) } }),
      }),
    }),
  });

builder.mutationFields((t) => ({
  createMachineClient: t.withAuth({ write: true }).field({
    type: MachineClientPayload,
    errors: {},
    description: 'Makes an OAuth client for programs that work without a person, and shows its secret, once.',
    args: { input: t.arg({ type: CreateMachineClientInput, description: 'The client to make.' }) },
    resolve: (_root, { input }, { actor, services }) =>
      services.machineClients.create(actor, {
        deploymentId: requireUuid(input.deploymentId, 'Deployment'),
        name: input.name,
        grant: input.grant ?? 'CLIENT_CREDENTIALS',
        publicKey: input.publicKey ?? null,
        view: input.view ?? null,
        expiresAt: input.expiresAt ?? null,
      }),
  }),
  revokeMachineClient: t.withAuth({ write: true }).prismaField({
    type: MachineClientType,
    errors: {},
    description: 'Ends a machine client and its tokens at once, open streams included.',
    args: { id: t.arg.id({ description: 'Global id of the client, or its client_id.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = requireUuid(args.id, 'MachineClient');
      await services.machineClients.revoke(actor, id);
      return prisma.oAuthClient.findFirstOrThrow({ ...query, where: { id, ...machineClientsOf(actor.userId) } });
    },
  }),
}));
