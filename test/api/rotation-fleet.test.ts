import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NotificationDocument } from '../generated/graphql.ts';
import { UNPACED } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';
import { personIn } from './identity-steps.ts';
import {
  exchanges,
  HOURS_UNTIL_EXPIRED,
  livingTokens,
  lookUp,
  post,
  read,
  refreshFault,
  rotating,
  statusOf,
  untilDelivered,
  type Rotating,
} from './rotation-steps.ts';

const PROCESSES = 6;
const CALLERS = 25;
const MESSAGES = 100;

let world: World;
beforeAll(async () => {
  world = await World.start({ simulator: { rotation: true }, env: UNPACED });
  // One process delivers and keeps; the others only answer callers.
  for (let count = 1; count < PROCESSES; count += 1) await world.addServer({ HELIOGRAPH_ROLE: 'api' });
  await world.slack.config({ channelPostsPerSecond: 0 });
}, 120_000);
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

const through = async (desk: Rotating, url: string): Promise<Rotating> => ({
  ...desk,
  ada: await personIn(world, 'ada', { [desk.workspaceId]: 'ADMIN' }, url),
});
/** As if nobody had come back for as long as a lease lasts. */
const endLease = ({ team }: Rotating): Promise<unknown> =>
  world.database.query('update credentials set refresh_until = now() where team_id = $1', [team.id]);
/** A message to each of the channels, all at once, until all have arrived. */
const sendToEach = async ({ ada, workspaceId, bot }: Rotating, channels: readonly string[]): Promise<string[]> => {
  const sender = { identityId: bot };
  const sent = await Promise.all(
    channels.map((channelId) => accepted(ada, { workspaceId, sender, channelId, text: 'still here' })),
  );
  const delivered = `select 1 from notifications where workspace_id = $1 and status = 'DELIVERED'`;
  await expect
    .poll(() => world.database.query(delivered, [workspaceId]), { timeout: 30_000 })
    .toHaveLength(sent.length);
  return sent.map(({ id }) => id);
};

describe('one expired token, many who need it', () => {
  it(`${PROCESSES} processes with ${CALLERS} callers each: one refresh, no error`, { timeout: 60_000 }, async () => {
    const desk = await rotating(world, PROCESSES * CALLERS);
    const ids = await sendToEach(desk, desk.team.channels.slice(0, PROCESSES * CALLERS));
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    const before = (await exchanges(world, desk.team)).length;
    const desks = await Promise.all(world.urls.map((url) => through(desk, url)));
    // Slack is asked for each link, with the token that has expired.
    const answers = await Promise.all(
      ids.map((id, index) => (desks[index % PROCESSES] ?? desk).ada.run(NotificationDocument, { id })),
    );
    expect(answers.filter(({ notification }) => !notification?.permalink)).toEqual([]);
    expect((await exchanges(world, desk.team)).length - before).toBe(1);
  });

  it('a hundred messages in as many channels: one refresh, each arrives once', { timeout: 60_000 }, async () => {
    const desk = await rotating(world, MESSAGES);
    const channels = desk.team.channels.slice(0, MESSAGES);
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    const before = (await exchanges(world, desk.team)).length;
    await sendToEach(desk, channels);
    expect((await exchanges(world, desk.team)).length - before).toBe(1);
    const posts = (await world.slack.ledger()).filter(({ team }) => team === desk.team.id);
    expect(posts).toHaveLength(channels.length);
  });
});

describe('kill -9 in the middle of a refresh', () => {
  /** Slack has rotated; the process that asked dies before it hears of it. */
  const killInMidRefresh = async (desk: Rotating): Promise<void> => {
    const url = await world.addServer({ HELIOGRAPH_ROLE: 'api' });
    const victim = world.servers.at(-1);
    const caller = await through(desk, url);
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    await refreshFault(world, desk, { type: 'slow', ms: 4000 });
    const lost = lookUp(caller).catch(() => 'lost');
    await expect.poll(() => livingTokens(world, desk.team), { interval: 20 }).toBeGreaterThan(1);
    victim?.kill('SIGKILL');
    await lost;
  };

  it('within the grace: the next process stores a new pair; others notice nothing', { timeout: 60_000 }, async () => {
    const [desk, other] = [await rotating(world), await rotating(world)];
    await killInMidRefresh(desk);
    const theirs = await post(other);
    await untilDelivered(other, theirs.id);
    const { id } = await post(desk);
    await untilDelivered(desk, id, 30_000);
    expect(await statusOf(desk)).toBe('ACTIVE');
    expect(await exchanges(world, desk.team)).toHaveLength(3);
  });

  it('after the grace: a person is told; others notice nothing', { timeout: 60_000 }, async () => {
    const [desk, other] = [await rotating(world), await rotating(world)];
    await world.slack.config({ refreshGraceSeconds: 0 });
    try {
      await killInMidRefresh(desk);
      const { id } = await post(desk);
      const theirs = await post(other);
      await untilDelivered(other, theirs.id);
      await endLease(desk);
      await expect.poll(() => statusOf(desk), { timeout: 30_000 }).toBe('NEEDS_REAUTHORIZATION');
      await expect.poll(async () => (await read(desk, id))?.waiting?.reason).toBe('CONNECTION');
      expect(await statusOf(other)).toBe('ACTIVE');
      await desk.ada.connect(desk.workspaceId, { team: desk.team.id });
      await untilDelivered(desk, id);
    } finally {
      await world.slack.config({ refreshGraceSeconds: 60 });
    }
  });
});

describe('a pair that is stored late', () => {
  /** No new pair of the team can be stored until the answer is called. */
  const refuseToStore = async ({ team }: Rotating): Promise<() => Promise<unknown>> => {
    await world.database.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no space left'; end $$`,
    );
    await world.database.query(
      `create trigger refuse before update on credentials for each row when (old.team_id = '${team.id}'
         and new.refresh_token is distinct from old.refresh_token) execute function refuse()`,
    );
    return () => world.database.query('drop function refuse cascade');
  };

  it('revives what another process found used up meanwhile', { timeout: 60_000 }, async () => {
    const desk = await rotating(world);
    const sibling = await through(desk, world.urls[1] ?? '');
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    const allow = await refuseToStore(desk);
    const { id } = await post(desk);
    const keepsTrying = () => world.servers[0]?.lines.some((line) => line.includes('no space left'));
    await expect.poll(keepsTrying, { timeout: 10_000 }).toBe(true);
    // As if the database had been away for longer than the lease and Slack's grace.
    await endLease(desk);
    await refreshFault(world, desk, { type: 'error', error: 'invalid_refresh_token' });
    await lookUp(sibling).catch(() => undefined);
    expect(await statusOf(desk)).toBe('NEEDS_REAUTHORIZATION');
    await expect.poll(async () => (await read(desk, id))?.waiting?.reason, { timeout: 15_000 }).toBe('CONNECTION');
    await allow();
    await expect.poll(() => statusOf(desk), { timeout: 10_000 }).toBe('ACTIVE');
    await untilDelivered(desk, id);
    expect(await world.slack.postsOf(id)).toHaveLength(1);
  });
});
