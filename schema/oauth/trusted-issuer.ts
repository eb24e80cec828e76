import { UserError } from '#server/domain/errors.ts';
import { builder } from '../builder.ts';

const TrustedSubjectType = builder.prismaObject('TrustedSubject', {
  description: 'A user of this installation, as a trusted identity provider names them.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'The value of `sub` in assertions.' }),
    userName: t.string({
      description: 'Display name of the user.',
      select: { user: { select: { name: true } } },
      resolve: ({ user }) => user.name,
    }),
    userEmail: t.string({
      description: 'The address that the user signs in with.',
      select: { user: { select: { email: true } } },
      resolve: ({ user }) => user.email,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the link was made.' }),
  }),
});

const TrustedIssuerType = builder.prismaObject('TrustedIssuer', {
  description: 'An identity provider whose assertions are exchanged for access tokens without a page.',
  fields: (t) => ({
    issuer: t.exposeString('issuer', { description: 'The value of `iss` in assertions.' }),
    jwksUri: t.exposeString('jwksUri', { description: 'Address of its public keys.' }),
    audience: t.exposeString('audience', {
      nullable: true,
      description:
        'An audience of this installation that assertions may name; null if each must name the issuer of its deployment.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when it is trusted.' }),
    subjects: t.relation('subjects', {
      type: TrustedSubjectType,
      description: 'The users that it may name.',
      query: { orderBy: { subject: 'asc' }, take: 1_000 },
    }),
  }),
});

builder.queryField('trustedIssuers', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: [TrustedIssuerType],
    description: 'The trusted identity providers. Only for the administrator.',
    resolve: (query, _root, _args, { prisma, actor }) => {
      if (actor.role !== 'ADMIN') {
        throw new UserError('FORBIDDEN', 'Only the administrator manages trusted issuers.');
      }
      return prisma.trustedIssuer.findMany({ ...query, orderBy: { issuer: 'asc' } });
    },
  }),
);

const TrustIssuerInput = builder.inputType('TrustIssuerInput', {
  description: 'An identity provider to trust.',
  fields: (t) => ({
    issuer: t.string({ description: 'The value of `iss` in its assertions, an https address.' }),
    jwksUri: t.string({ description: 'Address of its public keys.' }),
    audience: t.string({
      required: false,
      description:
        'An audience for the whole installation; assertions with it must name the endpoint in `resource`. When not given, assertions name the issuer of the deployment.',
    }),
  }),
});

const SubjectInput = builder.inputType('SubjectInput', {
  description: 'A subject of a trusted identity provider.',
  fields: (t) => ({
    issuer: t.string({ description: 'The identity provider.' }),
    subject: t.string({ description: 'The value of `sub` in its assertions.' }),
  }),
});

const DistrustedIssuerType = builder.objectRef<{ issuer: string }>('DistrustIssuerPayload').implement({
  description: 'An identity provider that is no longer trusted.',
  fields: (t) => ({
    issuer: t.exposeString('issuer', { description: 'Name of the issuer, as its assertions give it.' }),
  }),
});

const TRUSTED = 'Only for the administrator; not for API tokens.';

builder.mutationFields((t) => {
  const issuerArg = { issuer: t.arg.string({ description: 'The identity provider.' }) };
  return {
    trustIssuer: t.withAuth({ write: true }).prismaField({
      type: TrustedIssuerType,
      errors: {},
      description: `Trusts an identity provider, or changes how. ${TRUSTED}`,
      args: { input: t.arg({ type: TrustIssuerInput, description: 'The identity provider.' }) },
      resolve: async (query, _root, { input }, { prisma, actor, services }) => {
        const { issuer, jwksUri, audience } = input;
        await services.trustedIssuers.trust(actor, { issuer, jwksUri, audience: audience ?? null });
        return prisma.trustedIssuer.findUniqueOrThrow({ ...query, where: { issuer: issuer.trim() } });
      },
    }),
    distrustIssuer: t.withAuth({ write: true }).field({
      type: DistrustedIssuerType,
      errors: {},
      description:
        'Ends the trust in an identity provider, with its links and the access it gave. Only for the administrator.',
      args: issuerArg,
      resolve: async (_root, { issuer }, { actor, services }) => {
        await services.trustedIssuers.distrust(actor, issuer);
        return { issuer };
      },
    }),
    linkSubject: t.withAuth({ write: true }).prismaField({
      type: TrustedIssuerType,
      errors: {},
      description: `Says which user a subject of an identity provider is. ${TRUSTED}`,
      args: {
        input: t.arg({ type: SubjectInput, description: 'The subject.' }),
        email: t.arg.string({ description: 'The address that the user signs in with.' }),
      },
      resolve: async (query, _root, { input, email }, { prisma, actor, services }) => {
        await services.trustedIssuers.link(actor, { ...input, email });
        return prisma.trustedIssuer.findUniqueOrThrow({ ...query, where: { issuer: input.issuer } });
      },
    }),
    unlinkSubject: t.withAuth({ write: true }).prismaField({
      type: TrustedIssuerType,
      errors: {},
      description: 'Ends a link, and the access that it gave. Only for the administrator.',
      args: { input: t.arg({ type: SubjectInput, description: 'The subject.' }) },
      resolve: async (query, _root, { input }, { prisma, actor, services }) => {
        await services.trustedIssuers.unlink(actor, input);
        return prisma.trustedIssuer.findUniqueOrThrow({ ...query, where: { issuer: input.issuer } });
      },
    }),
  };
});
