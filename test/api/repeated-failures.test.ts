import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ConnectionFeed } from '../support/connection-feed.ts';
import { UNPACED } from '../support/desk.ts';
import type { FaultScript } from '../support/slack-control.ts';
import { accepted, World } from '../support/world.ts';
import { connected, newWorkspace, personIn, type Connected } from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({ env: UNPACED });
});
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

const FAILURES = 5;

/** Of all processes: any of them may be the one that notices. */
const metric = async (kind: string): Promise<number> => {
  const texts = await Promise.all(world.urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  const start = `heliograph_persistent_failures_total{kind="${kind}"} `;
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line.startsWith(start)));
  return lines.reduce((sum, line) => sum + Number(line.slice(start.length)), 0);
};

const linesAbout = ({ team }: Connected, text: string): string[] =>
  world.servers.flatMap(({ lines }) => lines).filter((line) => line.includes(text) && line.includes(team.id));

const connectionOf = async ({ ada, workspaceId }: Pick<Connected, 'ada' | 'workspaceId'>) =>
  (await ada.connections(workspaceId))[0];

const problemOf = async (desk: Pick<Connected, 'ada' | 'workspaceId'>) => (await connectionOf(desk))?.problem;

const follow = async ({ ada, workspaceId }: Connected): Promise<ConnectionFeed> => {
  const after = await world.cursorOfNow(ada, workspaceId);
  return new ConnectionFeed(ada.socket(), { workspaceId, after });
};

const identityOf = async ({ ada, workspaceId }: Connected, kind: 'WORKSPACE_BOT' | 'PERSONAL_USER'): Promise<string> =>
  (await ada.identities(workspaceId)).find((identity) => identity.kind === kind)?.id ?? '';

const sender = async (desk: Connected, kind: 'WORKSPACE_BOT' | 'PERSONAL_USER' = 'WORKSPACE_BOT') => {
  const identityId = await identityOf(desk, kind);
  return (text: string, channelId = desk.team.general) =>
    accepted(desk.ada, { workspaceId: desk.workspaceId, sender: { identityId }, channelId, text });
};

/** Every message with this word in it is refused. */
const refuse = (textIncludes: string, error = 'restricted_action'): Promise<void> =>
  world.slack.fault({
    match: { method: 'chat.postMessage', textIncludes },
    fault: { type: 'error', error },
    times: 0,
  });

const inARow = async ({ connection }: Connected, channelId: string | null): Promise<number> => {
  const [row] = await world.database.query<{ count: number }>(
    `select failures_in_a_row as count from repeated_failures where connection_id = $1 and channel_id is not distinct from $2`,
    [connection.id, channelId],
  );
  return row?.count ?? 0;
};

const untilInARow = async (desk: Connected, channelId: string | null, count: number): Promise<void> => {
  await expect.poll(() => inARow(desk, channelId), { timeout: 15_000, interval: 20 }).toBe(count);
};

describe('a channel where five messages in a row fail', () => {
  test('is a problem of its connection, a change of it, a log line and a metric; once, until a message arrives', async () => {
    const desk = await connected(world);
    const { general } = desk.team;
    const post = await sender(desk);
    const feed = await follow(desk);
    await refuse('no-good');
    const before = await metric('channel');
    for (let count = 1; count < FAILURES; count += 1) await post(`no-good ${count}`);
    await untilInARow(desk, general, FAILURES - 1);
    await post('a good one');
    await untilInARow(desk, general, 0);
    for (let count = 1; count <= FAILURES + 1; count += 1) await post(`no-good again ${count}`);
    await untilInARow(desk, general, FAILURES + 1);

    const connection = await connectionOf(desk);
    expect(connection?.status).toBe('ACTIVE');
    expect(connection?.problem).toMatchObject({ code: 'POSTING_RESTRICTED' });
    expect(connection?.problem?.message).toContain(
      `The last ${FAILURES + 1} messages to the channel ${general} failed.`,
    );
    expect(connection?.problem?.message).toContain('restricted_action');
    expect(connection?.problem?.remedy).toContain('Ask an admin of the Slack team');
    const [failing] = await feed.first(1);
    expect(failing).toMatchObject({ to: 'ACTIVE', authorization: null, problem: { code: 'POSTING_RESTRICTED' } });
    expect(failing?.problem?.message).toContain(`The last ${FAILURES} messages to the channel ${general} failed.`);
    expect(await metric('channel')).toBe(before + 1);
    const lines = () => linesAbout(desk, 'Every message to a channel fails');
    await expect.poll(lines).toHaveLength(1);
    expect(lines()[0]).toContain('POSTING_RESTRICTED');

    await post('good again');
    const changes = await feed.first(2);
    expect(changes[1]).toMatchObject({ to: 'ACTIVE', problem: null });
    expect(await problemOf(desk)).toBeNull();
    await desk.ada.close();
  });

  test('the newest of several is shown; the one before it, when that is mended', async () => {
    const desk = await connected(world);
    const [first = '', second = ''] = desk.team.channels;
    const post = await sender(desk);
    const feed = await follow(desk);
    await refuse('bad');
    for (const channel of [first, second]) {
      for (let count = 0; count < FAILURES; count += 1) await post('bad', channel);
      await untilInARow(desk, channel, FAILURES);
    }
    await post('good', second);
    const shown = (await feed.first(3)).map(({ problem }) =>
      [first, second].find((id) => problem?.message.includes(id)),
    );
    expect(shown).toEqual([first, second, first]);
    expect((await problemOf(desk))?.message).toContain(first);
    await desk.ada.close();
  });

  test('for one person is the problem of that authorization alone', async () => {
    const desk = await connected(world);
    await desk.ada.authorize(desk.connection, desk.team.people[0]);
    const feed = await follow(desk);
    const post = await sender(desk, 'PERSONAL_USER');
    await refuse('as a person', 'not_in_channel');
    for (let count = 0; count < FAILURES; count += 1) await post('as a person');
    await expect.poll(async () => (await connectionOf(desk))?.myAuthorization?.problem?.code).toBe('NOT_IN_CHANNEL');
    expect(await problemOf(desk)).toBeNull();
    expect((await feed.first(1))[0]).toMatchObject({ authorization: { status: 'ACTIVE' }, to: 'ACTIVE' });
    await desk.ada.close();
  });

  test('is no problem of another workspace on the same team', async () => {
    const desk = await connected(world);
    const workspaceId = newWorkspace();
    const eve = await personIn(world, 'eve', { [workspaceId]: 'ADMIN' });
    await eve.connect(workspaceId, { team: desk.team.id });
    const post = await sender(desk);
    await refuse('theirs');
    for (let count = 0; count < FAILURES; count += 1) await post('theirs');
    await expect.poll(async () => (await problemOf(desk))?.code).toBe('POSTING_RESTRICTED');
    expect(await problemOf({ ada: eve, workspaceId })).toBeNull();
  });

  test('is begun anew by a reconnect, and forgotten where nobody has sent there for a week', async () => {
    const desk = await connected(world);
    const post = await sender(desk);
    const feed = await follow(desk);
    await refuse('scopeless', 'missing_scope');
    const failAll = async (): Promise<void> => {
      for (let count = 0; count < FAILURES; count += 1) await post('scopeless');
      await untilInARow(desk, desk.team.general, FAILURES);
    };
    await failAll();
    await desk.ada.connect(desk.workspaceId, { team: desk.team.id });
    expect(await problemOf(desk)).toBeNull();
    await failAll();
    await world.database.query(
      `update repeated_failures set failed_at = now() - interval '8 days' where connection_id = $1`,
      [desk.connection.id],
    );
    // A process forgets when it starts, and now and then.
    await world.addServer();
    await expect.poll(() => problemOf(desk), { timeout: 10_000 }).toBeNull();
    const codes = (await feed.first(4)).map(({ to, problem }) => [to, problem?.code]);
    expect(codes).toEqual([
      ['ACTIVE', 'MISSING_SCOPE'],
      ['ACTIVE', undefined],
      ['ACTIVE', 'MISSING_SCOPE'],
      ['ACTIVE', undefined],
    ]);
    await desk.ada.close();
  });
});

describe('five checks in a row that fail', () => {
  const meets = (fault: FaultScript['fault']) => ({
    begin: (team: string) => world.slack.fault({ match: { method: 'auth.test', team }, fault, times: 0 }),
    end: () => world.slack.clearFaults(),
  });
  /** Each bit of it, so that doing it twice undoes it. */
  const flipToken = async (team: string): Promise<void> => {
    const flipped = `set_byte(access_token, length(access_token) - 1, get_byte(access_token, length(access_token) - 1) # 255)`;
    await world.database.query(`update credentials set access_token = ${flipped} where team_id = $1`, [team]);
  };
  test.each([
    [
      'refused without a word of an end',
      meets({ type: 'error', error: 'org_login_required' }),
      'SLACK_REJECTED',
      'org_login_required',
    ],
    ['not answered', meets({ type: 'status', status: 503 }), 'SLACK_UNAVAILABLE', 'could not be asked'],
    ['with a token that cannot be opened', { begin: flipToken, end: flipToken }, 'INTERNAL', 'could not be opened'],
  ])('%s: a problem of the connection, which stays ACTIVE, until a check works', async (_how, trouble, code, words) => {
    const desk = await connected(world);
    const feed = await follow(desk);
    const before = await metric('check');
    await trouble.begin(desk.team.id);
    const checkNow = () =>
      world.database.query(
        `update credential_checks set next_check_at = now() where credential_id in (select id from credentials where team_id = $1)`,
        [desk.team.id],
      );
    // What failed is looked at again soon.
    const secondsUntilChecked = async (): Promise<number | undefined> => {
      const [row] = await world.database.query<{ seconds: number }>(
        `select extract(epoch from max(next_check_at) - now())::float8 as seconds from credential_checks
         where credential_id in (select id from credentials where team_id = $1)`,
        [desk.team.id],
      );
      return row?.seconds;
    };
    for (let count = 1; count <= FAILURES; count += 1) {
      await checkNow();
      await untilInARow(desk, null, count);
      await expect.poll(secondsUntilChecked).toBeLessThanOrEqual(60);
    }
    await expect.poll(async () => (await connectionOf(desk))?.problem?.code).toBe(code);
    expect(await connectionOf(desk)).toMatchObject({ status: 'ACTIVE' });
    expect((await problemOf(desk))?.message).toContain(words);
    expect(await metric('check')).toBe(before + 1);
    await expect.poll(() => linesAbout(desk, 'Every check of an authorization fails')).toHaveLength(1);
    await trouble.end(desk.team.id);
    await checkNow();
    const changes = await feed.first(2);
    expect(changes.map(({ to, problem }) => [to, problem?.code])).toEqual([
      ['ACTIVE', code],
      ['ACTIVE', undefined],
    ]);
    expect(await problemOf(desk)).toBeNull();
    await desk.ada.close();
  });
});
