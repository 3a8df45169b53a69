import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SendNotificationsDocument } from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { scrape, sumOf, type Metric } from '../support/metrics.ts';
import { accepted, World } from '../support/world.ts';

/** Other programs rely on these names and labels. */
const CONTRACT: Readonly<Record<string, readonly string[]>> = {
  heliograph_notifications_total: ['status'],
  heliograph_delivery_attempts_total: ['outcome'],
  heliograph_delivery_duration_seconds: [],
  heliograph_queue_depth: ['status'],
  heliograph_queue_oldest_age_seconds: [],
  heliograph_slack_requests_total: ['method', 'outcome'],
  heliograph_slack_request_duration_seconds: ['method'],
  heliograph_slack_rate_limited_total: ['method'],
  heliograph_confirmations_total: ['result'],
  heliograph_token_refreshes_total: ['result'],
  heliograph_connections: ['status'],
  heliograph_subscriptions_active: [],
  heliograph_replica_reads_total: ['outcome'],
  heliograph_status_log_lag_seconds: [],
  heliograph_graphql_request_duration_seconds: ['operation_type'],
  heliograph_invariant_violations_total: [],
};

const WORKSPACES = 1000;
const BULK = 100;
const CHANNELS = 25;
const MOST_LABEL_SETS = 200;

let world: World;
let desk: Desk;
let channels: readonly string[];
beforeAll(async () => {
  world = await World.start({ env: { ...UNPACED, TEAM_CONCURRENCY: '0', HELIOGRAPH_ROLE: 'api' } });
  await world.slack.config({ channelPostsPerSecond: 0 });
  channels = await world.slack.addTeam('T0NAMED', CHANNELS);
  desk = await openDesk(world, 'named', 'T0NAMED');
});
afterAll(() => world.stop());

const message = (index = 0) => desk.message({ channelId: channels[index % CHANNELS] ?? '' });

/** What is wrong with a metric's name and labels, by the rules of `promtool check metrics` and Prometheus' guide. */
const problemsOf = ({ name, help, type, samples }: Metric): string[] => {
  const rules: [boolean, string][] = [
    [/^heliograph(_[a-z]+)+$/.test(name), 'is not snake case with our prefix'],
    [help.trim() !== '', 'has no help'],
    [['counter', 'gauge', 'histogram'].includes(type), `is of type "${type}"`],
    [(type === 'counter') === name.endsWith('_total'), 'ends in _total if and only if it is a counter'],
    [!/_(count|sum|bucket|info)$/.test(name), 'ends like a part of a histogram'],
    [
      !/_(ms|milliseconds|minutes|hours|days|kilobytes|percent|seconds_.+(?<!_total))/.test(name),
      'is not in a base unit, last',
    ],
    [type !== 'histogram' || name.endsWith('_seconds'), 'is a histogram without its unit'],
    [!/(counter|gauge|histogram|metric)/.test(name), 'says its type'],
    [samples.every(({ value }) => !Number.isNaN(value)), 'is not a number'],
    [
      samples.every(({ labels }) => Object.keys(labels).every((label) => /^[a-z]+(_[a-z]+)*$/.test(label))),
      'has a bad label',
    ],
    [
      type === 'histogram' || samples.every(({ labels }) => !('le' in labels || 'quantile' in labels)),
      'has a label of a histogram',
    ],
  ];
  return rules.filter(([isKept]) => !isKept).map(([, problem]) => `${name} ${problem}`);
};

/** Combinations of labels, without the buckets that a histogram is made of. */
const labelSets = (metrics: readonly Metric[]): Set<string> =>
  new Set(
    metrics.flatMap(({ name, samples }) =>
      samples.map(({ labels: { le: _bucket, ...labels } }) => JSON.stringify([name, labels])),
    ),
  );

describe('every metric', () => {
  test('keeps the rules of names, units, types and labels', async () => {
    const metrics = await scrape(world.url);
    expect(metrics.length).toBeGreaterThanOrEqual(Object.keys(CONTRACT).length);
    expect(metrics.flatMap(problemsOf)).toEqual([]);
  });

  test('that others rely on is there, with its labels and no other', async () => {
    const metrics = new Map((await scrape(world.url)).map((metric) => [metric.name, metric]));
    expect(Object.keys(CONTRACT).filter((name) => !metrics.has(name))).toEqual([]);
    for (const [name, labels] of Object.entries(CONTRACT)) {
      const found = (metrics.get(name)?.samples ?? []).flatMap((sample) => Object.keys(sample.labels));
      expect([name, [...new Set(found)].filter((label) => label !== 'le' && !labels.includes(label))]).toEqual([
        name,
        [],
      ]);
    }
  });

  test('has few label sets, also after 1,000 workspaces have sent', async () => {
    await world.database.query(
      `with old as (select connection.* from connections connection where workspace_id = 'named'),
        fresh as (
          insert into connections (id, workspace_id, team_id, credential_id, bot_user_id, bot_user_name, installed_by, connected_at, authorized_at)
          select gen_random_uuid(), 'many-' || number, team_id, credential_id, bot_user_id, bot_user_name, installed_by, now(), now()
          from old, generate_series(1, ${WORKSPACES}) as number returning id
        )
      insert into identities (id, kind, connection_id) select gen_random_uuid(), 'WORKSPACE_BOT', id from fresh`,
    );
    const rows = await world.database.query<{ workspace: string; identity: string }>(
      `select workspace_id as workspace, identities.id as identity from connections
       join identities on connection_id = connections.id where workspace_id like 'many-%'`,
    );
    const service = await world.as('service:product', { '*': 'SERVICE' });
    for (let from = 0; from < WORKSPACES; from += BULK) {
      const notifications = rows.slice(from, from + BULK).map(({ workspace, identity }, index) => ({
        ...message(index),
        workspaceId: workspace,
        sender: { identityId: identity },
      }));
      const { sendNotifications } = await service.run(SendNotificationsDocument, { input: { notifications } });
      expect(sendNotifications.results.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    }
    const delivery = await world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
    const delivered = async (): Promise<number> =>
      sumOf(await scrape(delivery), 'heliograph_notifications_total', { status: 'DELIVERED' });
    await expect.poll(delivered, { timeout: 40_000, interval: 200 }).toBe(WORKSPACES);
    const all = [...(await scrape(world.url)), ...(await scrape(delivery))];
    expect(sumOf(all, 'heliograph_connections', { status: 'ACTIVE' })).toBe(2 * (WORKSPACES + 1));
    expect(labelSets(all).size).toBeLessThanOrEqual(MOST_LABEL_SETS);
    expect([...labelSets(all)].filter((set) => /many|named|T0NAMED|C0NAMED|service/.test(set))).toEqual([]);
  }, 90_000);
});

describe('the queue’s metrics', () => {
  const SOON_MS = 15_000;
  const depth = async (status: string): Promise<number> =>
    sumOf(await scrape(world.url), 'heliograph_queue_depth', { status });

  test('count what waits to be sent, and say how long the oldest has, but not what is scheduled for later', async () => {
    await world.servers.at(-1)?.stop();
    world.servers.pop();
    await expect.poll(() => depth('QUEUED'), { timeout: SOON_MS }).toBe(0);
    for (let count = 0; count < 3; count += 1) await accepted(desk.admin, message());
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    await accepted(desk.admin, { ...message(), scheduledFor: tomorrow });
    await world.database.query(`update notifications set created_at = now() - interval '90 s' where status = 'QUEUED'`);
    await expect.poll(() => depth('QUEUED'), { timeout: SOON_MS }).toBe(3);
    const age = sumOf(await scrape(world.url), 'heliograph_queue_oldest_age_seconds');
    expect(age).toBeGreaterThanOrEqual(90);
    expect(age).toBeLessThan(120);
  });

  test('do not take what waits for a connection as old: no process can do anything about it', async () => {
    await world.database.query(
      `update notifications set status = 'SENDING' where status = 'QUEUED' and due_at is null`,
    );
    await world.database.query(
      `update notifications set status = 'RETRYING', wait_reason = 'CONNECTION' where status = 'SENDING'`,
    );
    await expect.poll(() => depth('RETRYING'), { timeout: SOON_MS }).toBe(3);
    expect(sumOf(await scrape(world.url), 'heliograph_queue_oldest_age_seconds')).toBe(0);
  });

  test('are left out of a scrape while the database does not answer, and the others are there', async () => {
    await world.database.query('alter table notifications rename to notifications_away');
    try {
      const samplesOf = async (name: string) =>
        (await scrape(world.url)).find((metric) => metric.name === name)?.samples.length;
      await expect.poll(() => samplesOf('heliograph_queue_depth'), { timeout: SOON_MS }).toBe(0);
      expect(await samplesOf('heliograph_queue_oldest_age_seconds')).toBe(0);
      expect(await samplesOf('heliograph_subscriptions_active')).toBe(1);
    } finally {
      await world.database.query('alter table notifications_away rename to notifications');
    }
  });
});

describe('ops/', () => {
  const read = (file: string): string => readFileSync(path.resolve(import.meta.dirname, '../../ops', file), 'utf8');
  interface Panel {
    readonly title: string;
    readonly description: string;
    readonly targets: readonly { readonly expr: string }[];
  }
  const alerts = (): { alert: string; expr: string; annotations: { summary?: string } }[] =>
    (parse(read('alerts.yml')) as { groups: { rules: ReturnType<typeof alerts> }[] }).groups.flatMap(
      ({ rules }) => rules,
    );
  const panels = (): Panel[] => (JSON.parse(read('grafana-dashboard.json')) as { panels: Panel[] }).panels;

  /** Names and labels in an expression that no process has. */
  const unknownIn = (expr: string, metrics: readonly Metric[]): string[] =>
    [...expr.matchAll(/(heliograph_\w+)(?:\{([^}]*)\})?/g)].flatMap(([, used = '', matchers = '']) => {
      const metric = metrics.find(({ name, type }) =>
        type === 'histogram' ? used.replace(/_(bucket|count|sum)$/, '') === name && used !== name : used === name,
      );
      if (!metric) return [used];
      const labels = [...matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label);
      const known = [
        ...(CONTRACT[metric.name] ?? []),
        ...metric.samples.flatMap((sample) => Object.keys(sample.labels)),
        'kind',
      ];
      return labels.filter((label) => !known.includes(label)).map((label) => `${used}{${label}}`);
    });

  test('the alert rules name metrics and labels that are there, and say what is wrong', async () => {
    const metrics = await scrape(world.url);
    expect(alerts().length).toBeGreaterThanOrEqual(10);
    expect(alerts().flatMap(({ expr }) => unknownIn(expr, metrics))).toEqual([]);
    expect(alerts().filter(({ annotations }) => !annotations.summary)).toEqual([]);
  });

  test('the dashboard names metrics that are there, and shows each of those that others rely on', async () => {
    const metrics = await scrape(world.url);
    const exprs = panels().flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(exprs.flatMap((expr) => unknownIn(expr, metrics))).toEqual([]);
    const shown = Object.keys(CONTRACT).filter((name) => exprs.some((expr) => expr.includes(name)));
    expect(shown).toEqual(Object.keys(CONTRACT));
    expect(panels().filter(({ title, description }) => !title || !description)).toEqual([]);
  });
});

test('what an alert waits for the growth of is there from the start', async () => {
  const url = await world.addServer();
  const rules = readFileSync('ops/alerts.yml', 'utf8');
  const grown = [...rules.matchAll(/increase\((\w+)\{(\w+)="(\w+)"\}/g)].map(
    ([, name, label, value]) => `${name}{${label}="${value}"}`,
  );
  expect(grown.length).toBeGreaterThan(3);
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  expect(grown.filter((series) => !lines.includes(`${series} 0`))).toEqual([]);
});

test('every job that an alert names is one of the scrape configuration beside it', () => {
  const rules = readFileSync('ops/alerts.yml', 'utf8');
  const jobs = [...rules.matchAll(/job="(\w+)"/g)].map(([, job]) => job);
  const { scrape_configs: scrapes, rule_files: files } = parse(readFileSync('ops/prometheus.yml', 'utf8')) as {
    scrape_configs: { job_name: string }[];
    rule_files: string[];
  };
  expect(jobs.length).toBeGreaterThan(0);
  expect(scrapes.map(({ job_name: name }) => name)).toEqual(expect.arrayContaining(jobs));
  expect(files).toEqual(['alerts.yml']);
});
