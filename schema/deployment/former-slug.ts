import { builder } from '../builder.ts';

builder.prismaObject('FormerSlug', {
  description: 'A short name that a deployment had.',
  fields: (t) => ({
    slug: t.exposeString('slug', { description: 'The replaced short name.' }),
    until: t.expose('until', {
      type: 'DateTime',
      description: 'When the replaced short name stops to work and other deployments can take it.',
    }),
  }),
});
