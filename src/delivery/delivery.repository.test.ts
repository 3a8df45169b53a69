import { afterAll, beforeAll, expect, test } from 'vitest';
import { Claiming, DELIVERED } from '../../test/support/claiming.ts';
import type { World } from '../../test/support/world.ts';
import type { DeliveryRepository } from './delivery.repository.ts';
import type { Settled } from './settled-row.ts';

let claiming: Claiming;
let world: World;
let deliveries: DeliveryRepository;
beforeAll(async () => {
  claiming = await Claiming.start();
  ({ world, deliveries } = claiming);
});
afterAll(() => claiming?.stop());

const NOTHING = { moved: [], lost: [], contradicted: [], settledLate: [] };

test('what is settled once more, since the answer to its commit was lost, counts nothing twice', async () => {
  const { rows } = await claiming.one('repeated');
  const wait = { reason: 'RATE_LIMITED', seconds: 60, detail: 'Slack asked for 60 s.' } as const;
  const batch = rows.map((row) => ({
    row,
    durationMs: 5,
    lineMs: 0,
    status: 'RETRYING' as const,
    attempt: { outcome: 'RATE_LIMITED' as const, retryAfterSeconds: 60 },
    laneHoldSeconds: 60,
    outage: true,
    place: { kind: 'LANE' as const, wait },
  }));
  const stored = () =>
    world.database.query(
      `select failures_in_a_row, held_until, wait_until from delivery_teams join delivery_lanes using (team_id)
       join notifications on lane_id = delivery_lanes.id`,
    );
  expect(await deliveries.settle(batch)).toEqual({ ...NOTHING, moved: batch });
  const once = await stored();
  expect(once).toEqual([expect.objectContaining({ failures_in_a_row: 1 })]);
  expect(await deliveries.settle(batch)).toEqual({ ...NOTHING, moved: batch });
  expect(await stored()).toEqual(once);
});

test('the pace of a channel is counted from when a message left its line, not from its claim', async () => {
  const { rows } = await claiming.one('in-line');
  const arrival = () => world.database.query('select theoretical_arrival_at::text as at from delivery_lanes');
  const [claimed] = await arrival();
  const batch = rows.map((row) => ({ ...DELIVERED, row, durationMs: 300, lineMs: 250 }));
  expect(await deliveries.settle(batch)).toEqual({ ...NOTHING, moved: batch });
  const [settled] = await world.database.query(
    `select theoretical_arrival_at = $1::timestamptz + interval '250 ms' as is_later from delivery_lanes`,
    [(claimed as { at: string }).at],
  );
  expect(settled).toEqual({ is_later: true });
});

test('the next message of a channel is claimed by the transaction that stores what became of the one before', async () => {
  const { rows } = await claiming.one('along', 2);
  const limits = { rows: 1, open: new Map() };
  const batch = rows.map((row) => ({ ...DELIVERED, row, durationMs: 5, lineMs: 0 }));
  const { claim } = await deliveries.settle(batch, () => limits);
  expect(claim?.rows).toMatchObject([{ action: 'SEND', attempt: 1, lane_id: rows[0]?.lane_id, lease_no: '2' }]);
  expect(claim?.rows[0]?.id).not.toBe(rows[0]?.id);
  const moves = `select to_status from status_log where stamp = (select max(stamp) from status_log) order by seq`;
  expect(await world.database.query(moves)).toEqual([{ to_status: 'DELIVERED' }, { to_status: 'SENDING' }]);
});

test('nothing is claimed along with answers that came too late, which take more than one trip', async () => {
  const { rows } = await claiming.one('along-late', 2);
  await world.database.query(`update delivery_lanes set lease_no = lease_no + 1, lease_until = '-infinity'`);
  const batch = rows.map((row) => ({ ...DELIVERED, row, durationMs: 5, lineMs: 0 }));
  let asked = 0;
  const stored = await deliveries.settle(batch, () => ((asked += 1), undefined));
  expect(stored.lost).toEqual(batch);
  expect(asked).toBe(0);
});

test('what was not stored is told from what was, and from what arrived late after it was given up', async () => {
  const { rows } = await claiming.one('told-apart');
  await world.database.query('update delivery_lanes set lease_no = lease_no + 1');
  const batch = rows.map((row) => ({ ...DELIVERED, row, durationMs: 5, lineMs: 0 }));
  const unknown = batch.map((settled) => ({ ...settled, attempt: { outcome: 'UNKNOWN' as const } }));
  expect(await deliveries.settle(unknown)).toEqual({ ...NOTHING, lost: unknown });
  await world.database.query(
    `update notifications set status = 'UNCONFIRMED', failure_code = 'OUTCOME_UNKNOWN', finished_at = now(), queue_pos = null,
       attempt_open = false`,
  );
  expect(await deliveries.settle(batch)).toEqual({ ...NOTHING, lost: batch, settledLate: ['DELIVERED'] });
  expect(await deliveries.settle(batch)).toEqual({ ...NOTHING, lost: batch });
});

test('a refusal that comes late fails what was given up, unless an earlier try may be there; and no message may follow it', async () => {
  const { rows } = await claiming.one('refused-late');
  await world.database.query(
    `update delivery_lanes set lease_no = lease_no + 1;
     update notifications set status = 'UNCONFIRMED', failure_code = 'OUTCOME_UNKNOWN', finished_at = now(), queue_pos = null,
       attempt_open = false;
     insert into delivery_attempts (notification_id, number, lease_no, started_at, finished_at, outcome)
       select notification_id, 0, lease_no, started_at, now(), 'UNKNOWN' from delivery_attempts`,
  );
  const refusal = {
    status: 'FAILED',
    place: { kind: 'REST' },
    attempt: { outcome: 'REJECTED', slackError: 'is_archived' },
    failure: { code: 'CHANNEL_ARCHIVED' },
    slackError: 'is_archived',
  } as const;
  const batch = rows.map((row) => ({ ...refusal, row, durationMs: 5, lineMs: 0 }));
  expect(await deliveries.settle(batch)).toEqual({ ...NOTHING, lost: batch });
  await world.database.query(
    `delete from delivery_attempts where number = 0; update delivery_attempts set outcome = 'UNKNOWN'`,
  );
  expect(await deliveries.settle(batch)).toEqual({ ...NOTHING, lost: batch, settledLate: ['FAILED'] });
  const stored = 'select status, failure_code, failure_slack_error from notifications';
  expect(await world.database.query(stored)).toEqual([
    { status: 'FAILED', failure_code: 'CHANNEL_ARCHIVED', failure_slack_error: 'is_archived' },
  ]);
  const arrived = batch.map(({ row }) => ({ ...DELIVERED, row, durationMs: 5, lineMs: 0 }));
  expect(await deliveries.settle(arrived)).toEqual({ ...NOTHING, lost: arrived, contradicted: arrived });
});

/** Answers by which a message is surely not there. */
const NOT_SENT = new Map<string, Partial<Settled>>([
  [
    'a 429',
    { attempt: { outcome: 'RATE_LIMITED', retryAfterSeconds: 5, slackError: 'ratelimited' }, laneHoldSeconds: 5 },
  ],
  ['a connection that was refused', { attempt: { outcome: 'RETRYABLE' }, outage: true }],
  ['an authorization that has ended', { attempt: { outcome: 'REJECTED', slackError: 'account_inactive' } }],
]);

test.each([...NOT_SENT])(
  '%s that is told late says of what was given up that it is not there',
  async (name, answer) => {
    const { rows } = await claiming.one(`not-sent-${name.length}`);
    await world.database.query(
      `update delivery_lanes set lease_no = lease_no + 1;
     update delivery_attempts set outcome = 'UNKNOWN', finished_at = now();
     update notifications set status = 'UNCONFIRMED', failure_code = 'OUTCOME_UNKNOWN', finished_at = now(), queue_pos = null,
       attempt_open = false`,
    );
    const wait = { reason: 'BACKOFF', seconds: 1, detail: 'later' } as const;
    const retry = { status: 'RETRYING', place: { kind: 'LANE', wait }, ...answer } as const;
    const batch = rows.map((row) => ({ ...retry, row, durationMs: 5, lineMs: 0 }));
    expect(await deliveries.settle(batch)).toEqual({ ...NOTHING, lost: batch, settledLate: ['FAILED'] });
    expect(await world.database.query('select status, failure_code from notifications')).toEqual([
      { status: 'FAILED', failure_code: 'OUTCOME_UNKNOWN' },
    ]);
  },
);

/** Given up without evidence, and to be sent again, as RESEND has it. */
const SENT_AGAIN = `update delivery_attempts set outcome = 'UNKNOWN', finished_at = now();
  update notifications set status = 'RETRYING', attempt_open = false, tries = 1, wait_reason = 'BACKOFF', wait_until = now() + interval '1 hour'`;
const STANDS = `select n.status, n.queue_pos is null as has_left, n.slack_message_ts as ts, lane.head_priority, attempt.outcome
  from notifications n join delivery_lanes lane on lane.id = n.lane_id
    join delivery_attempts attempt on attempt.notification_id = n.id and attempt.number = 1 where n.attempt_count > 0`;
const MOVES = `select to_status from status_log log where exists (select from delivery_attempts where notification_id = log.notification_id) order by seq`;
const { ts } = DELIVERED.posted;

test('what is to be sent again is not, once an answer that comes late says that it is there; the next one goes on', async () => {
  const { rows } = await claiming.one('there-late', 2);
  await world.database.query(
    `update delivery_lanes set lease_no = lease_no + 1, lease_until = '-infinity'; ${SENT_AGAIN} where attempt_open`,
  );
  const batch = rows.map((row) => ({ ...DELIVERED, row, durationMs: 5, lineMs: 0 }));
  expect(await deliveries.settle(batch)).toEqual({ ...NOTHING, lost: batch, settledLate: ['DELIVERED'] });
  expect(await world.database.query(STANDS)).toEqual([
    { status: 'DELIVERED', has_left: true, ts, head_priority: 1, outcome: 'DELIVERED' },
  ]);
  expect((await world.database.query<{ to_status: string }>(MOVES)).map((row) => row.to_status)).toEqual([
    'QUEUED',
    'SENDING',
    'RETRYING',
    'SENDING',
    'DELIVERED',
  ]);
  const next = await deliveries.claim({ rows: 5, open: new Map() });
  expect(next.rows).toMatchObject([{ action: 'SEND', attempt: 1 }]);
});

test('what is to be sent again is not, once a look for another message of its channel has seen it', async () => {
  const { rows } = await claiming.one('there-seen');
  await world.database.query(`${SENT_AGAIN} where attempt_open`);
  const [{ id, lane_id: laneId } = { id: '', lane_id: '' }] = rows;
  expect(await deliveries.settleFound(laneId, [{ id, channelId: DELIVERED.posted.channelId, ts }])).toBe(1);
  expect(await world.database.query(STANDS)).toMatchObject([
    { status: 'DELIVERED', has_left: true, ts, outcome: 'CONFIRMED_PRESENT' },
  ]);
});

test('a try that posted nothing leaves what an earlier one has posted, of which word came meanwhile, DELIVERED', async () => {
  await claiming.one('meanwhile');
  const limited = {
    status: 'RETRYING',
    attempt: { outcome: 'RATE_LIMITED', retryAfterSeconds: 1 },
    laneHoldSeconds: 1,
  } as const;
  const wait = { reason: 'RATE_LIMITED', seconds: 1, detail: 'Slack asked for 1 s.' } as const;
  await world.database.query(
    `update delivery_lanes set lease_until = '-infinity', ready_at = now(); update delivery_teams set turn_at = now(); ${SENT_AGAIN} where attempt_open;
     update notifications set wait_until = now() where status = 'RETRYING'`,
  );
  const again = (await deliveries.claim({ rows: 1, open: new Map() })).rows;
  expect(again).toMatchObject([{ action: 'SEND', attempt: 2, may_be_there: true }]);
  await world.database.query(
    `update delivery_attempts set outcome = 'DELIVERED', posted_channel_id = 'C1', slack_message_ts = '${ts}' where number = 1`,
  );
  const batch = again.map((row) => ({
    ...limited,
    place: { kind: 'LANE' as const, wait },
    row,
    durationMs: 5,
    lineMs: 0,
  }));
  expect(await deliveries.settle(batch)).toEqual({ ...NOTHING, moved: batch, settledLate: ['DELIVERED'] });
  expect(await world.database.query(STANDS)).toMatchObject([
    { status: 'DELIVERED', has_left: true, ts, head_priority: -1 },
  ]);
});
