import { expect } from 'vitest';
import { ChannelDocument, NotificationDocument } from '../generated/graphql.ts';
import { accepted, type World } from '../support/world.ts';
import { newTeam, newWorkspace, personIn, withoutCheck, type Connected } from './identity-steps.ts';

/** A workspace of its own on a team of its own whose tokens live for 12 hours, with its bot's identity. */
export interface Rotating extends Connected {
  readonly bot: string;
}

export const rotating = async (world: World, channels = 3): Promise<Rotating> => {
  const workspaceId = newWorkspace();
  const team = await newTeam(world, channels);
  const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
  const connection = await withoutCheck(world, team, () => ada.connect(workspaceId, { team: team.id }));
  const [identity] = await ada.identities(workspaceId);
  return { workspaceId, team, ada, connection, bot: identity?.id ?? '' };
};

/** Another workspace of the host product on the same team: one and the same credential. */
export const alsoConnected = async (world: World, desk: Rotating): Promise<Rotating> => {
  const workspaceId = newWorkspace();
  const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
  const connection = await withoutCheck(world, desk.team, () => ada.connect(workspaceId, { team: desk.team.id }));
  const [identity] = await ada.identities(workspaceId);
  return { ...desk, workspaceId, ada, connection, bot: identity?.id ?? '' };
};

export const post = ({ ada, workspaceId, bot, team }: Rotating, channelId = team.general) =>
  accepted(ada, { workspaceId, sender: { identityId: bot }, channelId, text: 'still here' });

export const read = async ({ ada }: Rotating, id: string) => (await ada.run(NotificationDocument, { id })).notification;

/** A call of Slack that a person waits for: a channel that is not in the directory. */
export const lookUp = async ({ ada, bot, team }: Rotating) =>
  (await ada.run(ChannelDocument, { identityId: bot, id: team.general })).channel;

/** Calls of oauth.v2.access: the exchange of a code, and refreshes. */
export const exchanges = async ({ slack }: World, team: { id: string }) =>
  (await slack.requests('oauth.v2.access')).filter((request) => request.team === team.id);

/** Tokens of the team that Slack would still take. */
export const livingTokens = async ({ slack }: World, team: { id: string }): Promise<number> =>
  (await slack.tokens()).filter((token) => token.team === team.id && !token.revoked && !token.expired).length;

export const refreshesCounted = async (url: string, result: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const [, value] = new RegExp(`heliograph_token_refreshes_total\\{result="${result}"\\} (\\d+)`).exec(text) ?? [];
  return Number(value ?? 0);
};

export const HOURS_UNTIL_EXPIRED = 13;

export const untilDelivered = async (desk: Rotating, id: string, timeout = 15_000): Promise<void> => {
  await expect.poll(async () => (await read(desk, id))?.status, { timeout, interval: 50 }).toBe('DELIVERED');
};

export const statusOf = async ({ ada, workspaceId }: Rotating) => (await ada.connections(workspaceId))[0]?.status;

/** The next refreshes of this team meet the fault. */
export const refreshFault = (
  world: World,
  { team }: Rotating,
  fault: { type: string } & Record<string, unknown>,
  times = 1,
): Promise<void> => world.slack.fault({ match: { method: 'oauth.v2.access', team: team.id }, fault, times });
