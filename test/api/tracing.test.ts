import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SendNotificationDocument, SendNotificationsDocument } from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { TraceCollector, type CollectedSpan } from '../support/trace-collector.ts';
import { accepted, World } from '../support/world.ts';

const TEXT = 'a text that no span may hold';

let collector: TraceCollector;
let world: World;
let desk: Desk;
beforeAll(async () => {
  collector = await TraceCollector.start();
  const env = { ...UNPACED, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50' };
  world = await World.start({ env: { ...env, HELIOGRAPH_ROLE: 'api' } });
  await world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'traced');
});
afterAll(async () => {
  await world.stop();
  collector.stop();
});

const traceId = (): string => randomBytes(16).toString('hex');
const CALLER_SPAN = 'b7ad6b7169203331';
const headerOf = (id: string) => ({ traceparent: `00-${id}-${CALLER_SPAN}-01` });

const spansOf = (id: string): CollectedSpan[] => collector.spans.filter((span) => span.traceId === id);

/** The spans of a trace once so many tries are among them, and the request: each process sends its own when it likes. */
const untilDelivered = async (id: string, count: number): Promise<CollectedSpan[]> => {
  const countOf = (wanted: string): number => spansOf(id).filter(({ name }) => name === wanted).length;
  const counts = () => [countOf('notification SEND'), countOf('POST /graphql')];
  await expect.poll(counts, { timeout: 15_000 }).toEqual([count, 1]);
  return spansOf(id);
};

test('one trace leads from the caller over the accept in one process to the answer of Slack in another', async () => {
  const id = traceId();
  const input = desk.message({ text: TEXT });
  const { data } = await desk.admin.send<{ sendNotification: { notification: { id: string } } }>(
    SendNotificationDocument.toString(),
    { input },
    headerOf(id),
  );
  const spans = await untilDelivered(id, 1);
  const byName = new Map(spans.map((span) => [span.name, span]));
  expect([...byName.keys()].sort()).toEqual([
    'POST /graphql',
    'notification SEND',
    'notification accept',
    'slack chat.postMessage',
  ]);
  const chain = ['POST /graphql', 'notification accept', 'notification SEND', 'slack chat.postMessage'];
  const parents = chain.map((name) => byName.get(name)?.parentSpanId);
  const ids = chain.map((name) => byName.get(name)?.spanId);
  expect(parents).toEqual([CALLER_SPAN, ...ids.slice(0, -1)]);
  expect(chain.map((name) => byName.get(name)?.role)).toEqual(['api', 'api', 'delivery', 'delivery']);
  expect(byName.get('POST /graphql')?.attributes).toMatchObject({
    'http.response.status_code': 200,
    'graphql.operation.type': 'mutation',
  });
  expect(byName.get('notification SEND')?.attributes).toMatchObject({
    'heliograph.notification.id': data?.sendNotification.notification.id,
    'heliograph.attempt': 1,
    'heliograph.attempt.outcome': 'DELIVERED',
  });
});

test('sends that share a commit stay in the traces of their callers', async () => {
  const ids = Array.from({ length: 20 }, traceId);
  const send = (id: string) =>
    desk.admin.send(SendNotificationDocument.toString(), { input: desk.message({ text: TEXT }) }, headerOf(id));
  await Promise.all(ids.map(send));
  for (const id of ids) await untilDelivered(id, 1);
});

test('each message of one call is delivered in the trace of that call', async () => {
  const id = traceId();
  const notifications = Array.from({ length: 3 }, () => desk.message({ text: TEXT }));
  const { data, errors } = await desk.admin.send(
    SendNotificationsDocument.toString(),
    { input: { notifications } },
    headerOf(id),
  );
  expect({ errors, hasData: data !== null }).toEqual({ errors: undefined, hasData: true });
  await untilDelivered(id, 3);
});

test('a try that is repeated later belongs to the same trace', async () => {
  const id = traceId();
  await world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'ratelimit', retryAfter: 1 } });
  await desk.admin.send(SendNotificationDocument.toString(), { input: desk.message({ text: TEXT }) }, headerOf(id));
  const sends = (await untilDelivered(id, 2)).filter(({ name }) => name === 'notification SEND');
  expect(sends.map(({ attributes }) => Number(attributes['heliograph.attempt'])).sort((a, b) => a - b)).toEqual([1, 2]);
});

test('a caller without a trace, or with one that is none, begins a new one', async () => {
  const { id } = await accepted(desk.admin, desk.message({ text: TEXT }));
  await desk.admin.send('{ viewer { userId } }', {}, { traceparent: 'not-a-trace' });
  const [row] = await world.database.query<{ trace_parent: string }>(
    'select trace_parent from notifications where id = $1',
    [id],
  );
  expect(row?.trace_parent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  await untilDelivered(row?.trace_parent.split('-')[1] ?? '', 1);
});

test('no span holds a text, a token or a secret, and no log line of a traced request lacks its ids', async () => {
  const id = traceId();
  await world.database.query(`alter table notifications rename column text to no_text`);
  const { headers } = await desk.admin.send(
    SendNotificationDocument.toString(),
    { input: desk.message({ text: TEXT }) },
    headerOf(id),
  );
  await world.database.query(`alter table notifications rename column no_text to text`);
  const requestId = headers.get('x-request-id');
  await expect.poll(() => spansOf(id).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
  const line = () => world.servers[0]?.lines.find((each) => each.includes(String(requestId)));
  await expect.poll(() => JSON.parse(line() ?? '{}') as object).toMatchObject({ requestId, trace_id: id });
  const all = collector.bodies.join('\n');
  expect(all).toContain('slack chat.postMessage');
  const secrets = [
    TEXT,
    'xox',
    desk.admin.token,
    ...Object.entries(world.env)
      .filter(([name]) => /SECRET|KEYS|DATABASE_URL/.test(name))
      .map(([, value]) => value),
  ];
  for (const secret of secrets) expect(all).not.toContain(secret);
});
