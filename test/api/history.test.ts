import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CancelNotificationDocument,
  NotificationHistoryDocument,
  SelectIdentityDocument,
  type NotificationFilter,
} from '../generated/graphql.ts';
import { settled } from '../support/database.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, connectTeam, send, World } from '../support/world.ts';

let world: World;
let desk: Desk;

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'history');
});
afterAll(() => world.stop());

const page = async (workspaceId: string, filter?: NotificationFilter, first?: number, after?: string | null) =>
  (
    await desk.admin.run(NotificationHistoryDocument, {
      workspaceId,
      ...(filter ? { filter } : {}),
      ...(first === undefined ? {} : { first }),
      ...(after === undefined ? {} : { after }),
    })
  ).notificationHistory;

const texts = async (filter: NotificationFilter): Promise<string[]> =>
  (await page('history', filter)).nodes.map(({ text }) => text);

describe('each filter shows what it names and nothing else', () => {
  let globexConnection: string;
  let globexBot: string;
  let ben: Awaited<ReturnType<typeof joinAsPerson>>;
  let middle: string;

  beforeAll(async () => {
    globexConnection = (await connectTeam(desk.admin, 'history', 'T0GLOBEX')).id;
    ben = await joinAsPerson(world, desk, 'ben', 'U0ACME002');
    const { authorizationId } = ben;
    const choice = { workspaceId: 'history', kind: 'PERSONAL_USER', connectionId: desk.connection.id } as const;
    await ben.caller.run(SelectIdentityDocument, { input: { ...choice, authorizationId } });
    const other = await world.as('x', { history: 'ADMIN' });
    globexBot = (
      await world.database.query<{ id: string }>('select id from identities where connection_id = $1', [
        globexConnection,
      ])
    )[0]?.id as string;
    const feed = await world.followFromNow(desk.admin, 'history');
    const delivered = [
      await accepted(desk.admin, desk.message({ text: 'The Audit of example.com is complete', eventType: 'audit' })),
      await accepted(desk.admin, desk.message({ text: 'in another channel', channelId: 'C0ACME0003' })),
      await accepted(desk.admin, desk.message({ text: 'about a website', websiteId: 'site-1', eventType: 'report' })),
      await accepted(desk.admin, desk.message({ text: 'urgent: auditors', priority: 'URGENT' })),
    ];
    for (const { id } of delivered) await feed.untilAtRest(id);
    middle = (await page('history', { search: 'urgent' })).nodes[0]?.createdAt ?? '';
    const later = [
      await accepted(
        desk.admin,
        desk.message({ text: 'in another team', sender: { identityId: globexBot }, channelId: 'C0GLBX0001' }),
      ),
      await accepted(
        desk.admin,
        desk.message({ text: 'for ben', sender: { selectedBy: 'ben' }, idempotencyKey: 'k-1' }),
      ),
      await accepted(other, desk.message({ text: 'by somebody else' })),
    ];
    for (const { id } of later) await feed.untilAtRest(id);
    const canceled = await accepted(
      desk.admin,
      desk.message({ text: 'taken back', scheduledFor: '2090-01-01T00:00:00Z' }),
    );
    await desk.admin.run(CancelNotificationDocument, { input: { id: canceled.id } });
    await send(desk.admin, desk.message({ text: 'without a channel', channelId: null }));
    feed.stop();
  });

  const cases: [string, () => NotificationFilter, string[]][] = [
    ['statuses', () => ({ statuses: ['CANCELED', 'FAILED'] }), ['without a channel', 'taken back']],
    ['an empty list of statuses', () => ({ statuses: [] }), []],
    ['eventTypes', () => ({ eventTypes: ['report', 'nothing'] }), ['about a website']],
    ['channelId', () => ({ channelId: 'C0ACME0003' }), ['in another channel']],
    ['identityId', () => ({ identityId: globexBot }), ['in another team']],
    ['identityId that is no id', () => ({ identityId: 'bot' }), []],
    ['connectionId', () => ({ connectionId: globexConnection }), ['in another team']],
    ['connectionId that is no id', () => ({ connectionId: 'x' }), []],
    ['websiteId', () => ({ websiteId: 'site-1' }), ['about a website']],
    ['requestedBy', () => ({ requestedBy: 'x' }), ['by somebody else']],
    ['selectedBy', () => ({ selectedBy: 'ben' }), ['for ben']],
    ['priority', () => ({ priority: 'URGENT' }), ['urgent: auditors']],
    ['failureCode', () => ({ failureCode: 'CANCELED_BY_CALLER' }), ['taken back']],
    ['idempotencyKey', () => ({ idempotencyKey: 'k-1' }), ['for ben']],
    ['search: a whole word, in any case', () => ({ search: 'aUDIT' }), ['The Audit of example.com is complete']],
    ['search: all words', () => ({ search: 'complete audit' }), ['The Audit of example.com is complete']],
    ['search: a word that nobody wrote', () => ({ search: 'audito' }), []],
    [
      'search: operators are words',
      () => ({ search: "audit & ! ' | complete :*" }),
      ['The Audit of example.com is complete'],
    ],
    ['createdUntil', () => ({ createdUntil: middle, eventTypes: ['report'] }), ['about a website']],
    ['two together', () => ({ statuses: ['DELIVERED'], channelId: 'C0ACME0003' }), ['in another channel']],
    ['two that exclude each other', () => ({ priority: 'URGENT', channelId: 'C0ACME0003' }), []],
    ['null for no condition', () => ({ priority: null, statuses: null, websiteId: 'site-1' }), ['about a website']],
  ];
  test.each(cases)('%s', async (_name, filter, expected) => {
    expect(await texts(filter())).toEqual(expected);
  });

  test('createdSince and createdUntil part the history in two', async () => {
    const all = (await page('history')).nodes.map(({ id }) => id);
    const since = (await page('history', { createdSince: middle })).nodes.map(({ id }) => id);
    const until = (await page('history', { createdUntil: middle })).nodes.map(({ id }) => id);
    expect([...since, ...until]).toEqual(all);
    expect(since.length).toBeGreaterThan(0);
    expect(until.length).toBeGreaterThan(0);
  });

  test('a member’s filter never shows more than the member may see', async () => {
    const cy = await world.as('cy', { history: 'MEMBER' });
    const filter = { selectedBy: 'ben' };
    const { notificationHistory } = await cy.run(NotificationHistoryDocument, { workspaceId: 'history', filter });
    expect(notificationHistory.nodes).toEqual([]);
  });
});

describe('paging', () => {
  const pages: Desk[] = [];
  const ids: string[] = [];
  const scheduledFor = '2090-01-01T00:00:00Z';
  beforeAll(async () => {
    const paged = await openDesk(world, 'pages');
    pages.push(paged);
    const callers = await world.as(desk.admin.userId, { pages: 'ADMIN', history: 'ADMIN' });
    desk = { ...desk, admin: callers };
    for (let index = 0; index < 25; index += 1) {
      ids.unshift((await accepted(paged.admin, paged.message({ text: `number ${index}`, scheduledFor }))).id);
    }
  });

  test('goes through all of it newest first, every one once, while more arrive', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let hasNextPage = true; hasNextPage;) {
      const read = await page('pages', undefined, 7, after);
      expect(read.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(read.pageInfo).toMatchObject({
        startCursor: read.edges[0]?.cursor,
        endCursor: read.edges.at(-1)?.cursor,
      });
      expect(read.edges.map(({ node }) => node.id)).toEqual(read.nodes.map(({ id }) => id));
      seen.push(...read.nodes.map(({ id }) => id));
      ({ hasNextPage } = read.pageInfo);
      after = read.pageInfo.endCursor ?? null;
      await accepted(pages[0]!.admin, pages[0]!.message({ text: 'meanwhile', scheduledFor }));
    }
    expect(seen).toEqual(ids);
  });

  test('rows of one and the same moment are not lost between pages', async () => {
    await world.database.query(`update notifications set created_at = '2026-01-01' where workspace_id = 'pages'`);
    const all = (await page('pages', undefined, 100)).nodes.map(({ id }) => id);
    const seen: string[] = [];
    let after: string | null | undefined;
    for (let more = true; more;) {
      const read = await page('pages', undefined, 3, after ?? null);
      seen.push(...read.nodes.map(({ id }) => id));
      more = read.pageInfo.hasNextPage;
      after = read.pageInfo.endCursor;
    }
    expect(seen).toEqual(all);
    expect(new Set(seen).size).toBe(all.length);
  });

  test('a page that ends exactly at the end has no next page', async () => {
    const all = await page('pages', undefined, 100);
    const exact = await page('pages', undefined, all.nodes.length);
    expect(exact.pageInfo.hasNextPage).toBe(false);
    const beyond = await page('pages', undefined, 5, exact.pageInfo.endCursor);
    expect(beyond).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false, startCursor: null, endCursor: null } });
  });

  test('a cursor belongs to its workspace and its filter', async () => {
    const { endCursor } = (await page('pages', { statuses: ['QUEUED'] }, 3)).pageInfo;
    const ask = (variables: object) =>
      desk.admin.failureCodes(NotificationHistoryDocument, { workspaceId: 'pages', after: endCursor, ...variables });
    expect(await ask({ filter: { statuses: ['QUEUED'] } })).toEqual([]);
    expect(await ask({})).toEqual(['CURSOR_INVALID']);
    expect(await ask({ filter: { statuses: ['FAILED'] } })).toEqual(['CURSOR_INVALID']);
    expect(await ask({ workspaceId: 'history', filter: { statuses: ['QUEUED'] } })).toEqual(['CURSOR_INVALID']);
  });

  test.each([
    ['a position that is none', ['yesterday', 'x']],
    ['an id that is none', ['1700000000000000', 'x']],
    ['a moment beyond all time', ['9'.repeat(40), '01890000-0000-7000-8000-000000000000']],
    ['too few parts', ['1700000000000000']],
  ])('a cursor that was changed to %s is CURSOR_INVALID', async (_name, position) => {
    const { endCursor } = (await page('pages', undefined, 3)).pageInfo;
    const [version, query] = JSON.parse(Buffer.from(endCursor ?? '', 'base64url').toString()) as unknown[];
    const after = Buffer.from(JSON.stringify([version, query, ...position])).toString('base64url');
    const codes = await desk.admin.failureCodes(NotificationHistoryDocument, { workspaceId: 'pages', after });
    expect(codes).toEqual(['CURSOR_INVALID']);
  });

  test.each([0, 101, -5])('a page of %i is BAD_USER_INPUT', async (first) => {
    const codes = await desk.admin.failureCodes(NotificationHistoryDocument, { workspaceId: 'pages', first });
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });
});

test('liveCursor: what happens after a page is read comes by the subscription, without a gap', async () => {
  const live = await openDesk(world, 'live');
  const before = await accepted(live.admin, live.message({ text: 'before', scheduledFor: '2090-01-01T00:00:00Z' }));
  await settled(world.database);
  const { notificationHistory } = await live.admin.run(NotificationHistoryDocument, { workspaceId: 'live' });
  expect(notificationHistory.nodes.map(({ id }) => id)).toEqual([before.id]);
  const between = await accepted(live.admin, live.message({ text: 'between' }));
  await live.admin.run(CancelNotificationDocument, { input: { id: before.id } });
  const feed = world.follow(live.admin, { workspaceId: 'live', after: notificationHistory.liveCursor });
  await feed.untilAtRest(between.id);
  const after = await accepted(live.admin, live.message({ text: 'after' }));
  await feed.untilAtRest(after.id);
  const changes = [before, between, after].map(({ id }) => feed.of(id).map(({ to }) => to));
  expect(changes).toEqual([['CANCELED'], ['QUEUED', 'SENDING', 'DELIVERED'], ['QUEUED', 'SENDING', 'DELIVERED']]);
});
