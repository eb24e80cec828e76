import { parseFoundAdvisories } from '#server/domain/advisories/check-advisories.ts';
import { type Advisory, SEVERITIES } from '#server/domain/advisories/find-advisories.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from './deployment.ts';

const AdvisorySeverityEnum = builder.enumType('AdvisorySeverity', {
  description: 'Severity of an advisory, as its database names it.',
  values: SEVERITIES,
});

const AdvisoryType = builder.objectRef<Advisory>('Advisory').implement({
  description: 'A known fault of a package that a deployed server consists of.',
  fields: (t) => ({
    advisoryId: t.exposeString('id', { description: 'Name in the database, such as `GHSA-…`.' }),
    aliases: t.exposeStringList('aliases', { description: 'Names in other databases, such as `CVE-…`.' }),
    summary: t.exposeString('summary', { description: 'A sentence about the fault.' }),
    url: t.exposeString('url', { nullable: true, description: 'Address of a page about it.' }),
    severity: t.expose('severity', { type: AdvisorySeverityEnum, description: 'Severity of the advisory.' }),
    package: t.exposeString('package', { description: 'Name of the package.' }),
    version: t.exposeString('version', { description: 'The installed version.' }),
    fixed: t.exposeString('fixed', {
      nullable: true,
      description: 'The lowest later version without the fault, or null if none is known.',
    }),
  }),
});

const PackageCheckType = builder.prismaObject('ReleasePackages', {
  name: 'PackageCheck',
  description: 'What is known against the packages of the release that serves.',
  fields: (t) => ({
    packageCount: t.int({
      description: 'Number of packages in the installation.',
      select: { packages: true },
      resolve: ({ packages }) => (Array.isArray(packages) ? packages.length : 0),
    }),
    checkedAt: t.expose('checkedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the packages were last compared with known advisories; null before.',
    }),
    problem: t.exposeString('problem', {
      nullable: true,
      description: 'Why a database or registry gave no answer the last time.',
    }),
    advisories: t.field({
      type: [AdvisoryType],
      description: 'Advisories about installed versions, the gravest first.',
      select: { advisories: true },
      resolve: ({ advisories }) => parseFoundAdvisories(advisories),
    }),
  }),
});

builder.prismaObjectField(DeploymentType, 'packageCheck', (t) =>
  t.field({
    type: PackageCheckType,
    nullable: true,
    description:
      'What is known against the packages of the release that serves; null where its packages are not known.',
    select: (_args, _context, nested) => ({ currentRelease: { select: { packages: nested() } } }),
    resolve: ({ currentRelease }) => currentRelease?.packages ?? null,
  }),
);
