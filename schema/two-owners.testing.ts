import { randomUUID } from 'node:crypto';
import { addDeployment, openTestApp } from '#server/compose/app.testing.ts';
import { createSignInLinks } from '#server/domain/identity/sign-in-links.ts';
import { openBrowser } from '#server/http/browser.testing.ts';
import type { Owned } from './id-fields.testing.ts';

/** A server with two users. One of them owns an object of each kind; both have a token and are signed in. */
export async function openTwoOwners() {
  const rig = await openTestApp();
  const owner = await rig.addUser('ann');
  const other = await rig.addUser('bob');
  const links = createSignInLinks({ prisma: rig.prisma, clock: () => new Date() });
  const signIn = async (userId: string) => {
    const browser = openBrowser(rig);
    await browser.useLink(`${rig.origin}/sign-in?token=${await links.create(userId, 60_000)}`);
    return browser;
  };
  const [ownerBrowser, otherBrowser] = [await signIn(owner.id), await signIn(other.id)];
  const session = await rig.prisma.session.findFirstOrThrow({ where: { userId: owner.id } });
  const { id, releaseId, accessTokenId } = await addDeployment(rig.prisma, owner.id);
  await rig.prisma.deployment.update({ where: { id }, data: { access: 'OAUTH', personalFields: ['API_KEY'] } });
  const client = { id: 'client', source: 'REGISTRATION', name: 'Client' } as const;
  const connection = await rig.prisma.oAuthConnection.create({
    data: {
      deployment: { connect: { id } },
      user: { connect: { id: owner.id } },
      client: { create: client },
      grants: { create: { expiresAt: new Date(Date.now() + 3_600_000) } },
    },
  });
  const machineClient = await rig.prisma.oAuthClient.create({
    data: { id: randomUUID(), source: 'MACHINE', name: 'Job', grant: 'CLIENT_CREDENTIALS', deploymentId: id },
  });
  const analysis = await rig.prisma.analysis.create({
    data: { ownerId: owner.id, source: 's', normalizedSource: 's', status: 'DONE', expiresAt: new Date() },
  });
  const share = await rig.prisma.share.create({
    data: { deploymentId: id, userId: (await rig.addUser('cleo')).id, role: 'OPERATE' },
  });
  const team = await rig.prisma.team.create({
    data: { name: 'Forecasters', members: { create: { userId: owner.id, manages: true } } },
  });
  const now = new Date();
  const view = await rig.prisma.view.create({
    data: { deploymentId: id, name: 'small', rules: {}, createdAt: now, updatedAt: now },
  });
  const mine: Record<Owned, string> = {
    deployment: id,
    release: releaseId,
    accessToken: accessTokenId,
    apiToken: owner.tokenId,
    analysis: analysis.id,
    connectedClient: connection.id,
    machineClient: machineClient.id,
    session: session.id,
    member: owner.id,
    share: share.id,
    team: team.id,
    view: view.id,
  };
  return {
    rig,
    /** The ids of what the owner has. */
    mine,
    owner,
    other,
    ownerBrowser,
    /** Another user who is signed in: a session may do everything, a token not quite. */
    otherBrowser,
  };
}

export type TwoOwners = Awaited<ReturnType<typeof openTwoOwners>>;
