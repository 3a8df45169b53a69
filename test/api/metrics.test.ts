import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancelNotificationDocument, DisconnectDocument, ResolveUnconfirmedDocument } from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { scrape, sumOf as sum } from '../support/metrics.ts';
import { accepted, send, World } from '../support/world.ts';

/** The bot cannot read it, so a lost answer there ends UNCONFIRMED. */
const UNREADABLE_CHANNEL = 'C0ACME0002';

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await World.start({ env: { ...UNPACED, SLACK_TIMEOUT_MS: '1000', CONFIRM_SETTLE_SECONDS: '1' } });
  desk = await openDesk(world, 'measured');
  const feed = await world.followFromNow(desk.admin, 'measured');
  const { id } = await accepted(desk.admin, desk.message());
  await feed.untilAtRest(id);
});
afterAll(() => world.stop());

describe('/metrics', () => {
  test('every name begins with heliograph_', async () => {
    const samples = (await scrape(world.url)).flatMap((metric) => metric.samples);
    expect(samples.length).toBeGreaterThan(20);
    expect(samples.filter(({ name }) => !name.startsWith('heliograph_'))).toEqual([]);
  });

  test('no label names a workspace, a team, a channel or a user', async () => {
    const samples = (await scrape(world.url)).flatMap((metric) => metric.samples);
    const labels = samples.flatMap(({ labels: of }) => Object.values(of));
    expect(labels.filter((value) => /measured|T0ACME|C0ACME|admin-of/.test(value))).toEqual([]);
  });

  test('a delivered notification is counted, with its attempt and its call of Slack', async () => {
    const samples = await scrape(world.url);
    expect(sum(samples, 'heliograph_notifications_total', { status: 'DELIVERED' })).toBe(1);
    expect(sum(samples, 'heliograph_delivery_attempts_total', { outcome: 'DELIVERED' })).toBe(1);
    expect(sum(samples, 'heliograph_delivery_duration_seconds_count')).toBe(1);
    expect(sum(samples, 'heliograph_slack_requests_total', { method: 'chat.postMessage' })).toBe(1);
    expect(sum(samples, 'heliograph_slack_request_duration_seconds_count', { method: 'chat.postMessage' })).toBe(1);
    expect(sum(samples, 'heliograph_graphql_request_duration_seconds_count')).toBeGreaterThan(0);
  });

  test('every move to a status is counted, whoever makes it', async () => {
    const moved = async () => {
      const samples = await scrape(world.url);
      return (status: string) => sum(samples, 'heliograph_notifications_total', { status });
    };
    const before = await moved();
    const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await accepted(desk.admin, desk.message({ scheduledFor }));
    await desk.admin.run(CancelNotificationDocument, { input: { id } });
    await send(desk.admin, desk.message({ sender: { selectedBy: 'nobody' } }));
    await world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'reset_after' } });
    const feed = await world.followFromNow(desk.admin, 'measured');
    const lost = await accepted(desk.admin, desk.message({ channelId: UNREADABLE_CHANNEL }));
    expect((await feed.untilAtRest(lost.id)).to).toBe('UNCONFIRMED');
    await desk.admin.run(ResolveUnconfirmedDocument, { input: { id: lost.id, messageIsThere: true } });
    const parted = await openDesk(world, 'parted');
    await accepted(parted.admin, parted.message({ scheduledFor }));
    await parted.admin.run(DisconnectDocument, { input: { id: parted.connection.id } });
    const after = await moved();
    const statuses = ['QUEUED', 'CANCELED', 'FAILED', 'UNCONFIRMED', 'DELIVERED'];
    expect(statuses.map((status) => after(status) - before(status))).toEqual([3, 2, 1, 1, 1]);
  });

  test('open subscriptions are counted while they are open', async () => {
    const before = sum(await scrape(world.url), 'heliograph_subscriptions_active');
    const feed = await world.followFromNow(desk.admin, 'measured');
    const { id } = await accepted(desk.admin, desk.message());
    await feed.untilAtRest(id);
    expect(sum(await scrape(world.url), 'heliograph_subscriptions_active')).toBe(before + 1);
  });
});

test('every alert rule is about metrics that exist, with labels that they have', async () => {
  const rules = readFileSync('ops/alerts.yml', 'utf8');
  const names = new Set([...rules.matchAll(/heliograph_\w+/g)].map(([name]) => name));
  const text = await (await fetch(`${world.url}/metrics`)).text();
  const exposed = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
  expect(names.size).toBeGreaterThan(3);
  expect(exposed).toEqual(expect.arrayContaining([...names]));
  const kinds = [...rules.matchAll(/persistent_failures_total\{kind="(\w+)"\}/g)].map(([, kind]) => kind);
  expect(new Set(kinds)).toEqual(new Set(['channel', 'check', 'connection']));
});

test('the queries of the database that alerts tell an operator to make name the workspaces', async () => {
  const queries = readFileSync('ops/alerts.yml', 'utf8').match(/select [^;]+;/g) ?? [];
  expect(queries).toHaveLength(2);
  for (const query of queries) {
    expect(query).toContain('workspace_id');
    expect(await world.database.query(query)).toBeInstanceOf(Array);
  }
});

describe('health', () => {
  test('/livez says that the process answers', async () => {
    const response = await fetch(`${world.url}/livez`);
    expect({ status: response.status, body: await response.json() }).toEqual({ status: 200, body: { status: 'ok' } });
  });

  test('/readyz says what it looked at, and 200 where all of it is well', async () => {
    const response = await fetch(`${world.url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: 'ok',
      checks: { stopping: 'ok', database: 'ok', migrations: 'ok', delivery: 'ok' },
    });
  });

  test('/readyz says 503 and which migrations are missing, where the database is behind', async () => {
    const [last] = await world.database.query<{ name: string }>(
      'delete from heliograph_migrations where id = (select max(id) from heliograph_migrations) returning name',
    );
    const response = await fetch(`${world.url}/readyz`);
    expect(response.status).toBe(503);
    const { status, checks } = (await response.json()) as { status: string; checks: Record<string, string> };
    expect(status).toBe('not ready');
    expect(checks['migrations']).toContain(last?.name);
    expect(checks['migrations']).toContain('heliograph migrate');
    await world.database.query('insert into heliograph_migrations (name) values ($1)', [last?.name]);
    expect((await fetch(`${world.url}/readyz`)).status).toBe(200);
  });

  test('a process of role delivery has health and metrics, and no API', async () => {
    const url = await world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('heliograph_');
    expect((await fetch(`${url}/graphql`, { method: 'POST' })).status).toBe(404);
  });
});

describe('other origins', () => {
  const preflight = (origin: string) =>
    fetch(`${world.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });

  test('a page of CORS_ORIGINS may call, any other may not', async () => {
    const allowed = await preflight('http://localhost:3000');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    const other = await preflight('https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('each answer carries the id of its request', async () => {
    const { headers } = await desk.admin.send('{ viewer { userId } }');
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{8,}$/);
  });
});
