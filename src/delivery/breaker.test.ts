import { afterAll, beforeAll, expect, test } from 'vitest';
import { Claiming, DELIVERED } from '../../test/support/claiming.ts';
import type { World } from '../../test/support/world.ts';
import type { ClaimedRow } from './claimed-row.ts';
import type { DeliveryRepository } from './delivery.repository.ts';
import { BREAKER_FAILURES, MOST_FAILURES, PROBES_PER_MESSAGE } from './pace.policy.ts';

let claiming: Claiming;
let world: World;
let deliveries: DeliveryRepository;
beforeAll(async () => {
  claiming = await Claiming.start();
  ({ world, deliveries } = claiming);
});
afterAll(() => claiming?.stop());

const LATER = { reason: 'CONFIRMING', seconds: 0, detail: 'Slack could not be asked.' } as const;

/** Slack could not be asked what became of it. */
const unasked = (rows: readonly ClaimedRow[]) =>
  rows.map((row) => ({
    row,
    durationMs: 5,
    lineMs: 0,
    attempt: { outcome: 'UNKNOWN' as const },
    outage: true,
    place: { kind: 'CONFIRM' as const, wait: LATER, isUnasked: true },
  }));

const counted = () =>
  world.database.query(
    'select failures_in_a_row as failures, look_failed_at is not null as unasked from delivery_teams',
  );

test('of the probes of a team a message is the next where looks alone have failed, and of many now and then', async () => {
  const { channels, sendTo, rows } = await claiming.one('probed');
  await deliveries.settle(unasked(rows));
  for (const channel of channels.slice(1)) await sendTo(channel);
  const probeAfter = async (failures: number) => {
    await world.database.query(`update delivery_teams set failures_in_a_row = ${failures}, turn_at = now()`);
    const probes = (await deliveries.claim({ rows: 5, open: new Map() })).rows;
    await deliveries.settle(unasked(probes.filter(({ action }) => action === 'CONFIRM')));
    return probes.map(({ action }) => action);
  };
  expect(await probeAfter(BREAKER_FAILURES + 1)).toEqual(['CONFIRM']);
  expect(await probeAfter(BREAKER_FAILURES)).toEqual(['SEND']);
  expect(await probeAfter(BREAKER_FAILURES + PROBES_PER_MESSAGE)).toEqual(['SEND']);
});

test('failures of looks alone open the breaker by half, so that a message is tried next, until one is answered', async () => {
  const { rows } = await claiming.one('counted');
  await deliveries.settle(unasked(rows));
  expect(await counted()).toEqual([{ failures: 1, unasked: false }]);
  await world.database.query(`update delivery_teams set failures_in_a_row = ${BREAKER_FAILURES - 1}`);
  for (const outage of [true, true, false]) {
    await world.database.query('update delivery_teams set turn_at = now()');
    const claim = await deliveries.claim({ rows: 1, open: new Map() });
    expect(claim.rows).toMatchObject([{ action: 'CONFIRM' }]);
    await deliveries.settle(unasked(claim.rows).map((settled) => ({ ...settled, outage })));
    expect(await counted()).toEqual([{ failures: BREAKER_FAILURES, unasked: outage }]);
  }
});

test('a message that Slack answers closes the breaker, and makes failed looks forgotten', async () => {
  const { channels, sendTo } = await claiming.one('answered');
  await world.database.query(
    `update delivery_teams set failures_in_a_row = ${BREAKER_FAILURES}, look_failed_at = now(), turn_at = now()`,
  );
  await sendTo(channels[1]);
  const { rows } = await deliveries.claim({ rows: 1, open: new Map() });
  expect(rows).toMatchObject([{ action: 'SEND' }]);
  await deliveries.settle(rows.map((row) => ({ ...DELIVERED, row, durationMs: 5, lineMs: 0, outage: false })));
  expect(await counted()).toEqual([{ failures: 0, unasked: false }]);
});

test('the first look that is answered after others failed lets a message go next, however long the outage was', async () => {
  const { channels, sendTo, rows } = await claiming.one('looked');
  await deliveries.settle(unasked(rows));
  await sendTo(channels[1]);
  await world.database.query(
    `update delivery_teams set failures_in_a_row = ${BREAKER_FAILURES + 3}, look_failed_at = now(), turn_at = now()`,
  );
  const look = (await deliveries.claim({ rows: 5, open: new Map() })).rows;
  expect(look).toMatchObject([{ action: 'CONFIRM' }]);
  await deliveries.settle(unasked(look).map((settled) => ({ ...settled, outage: false })));
  expect(await counted()).toEqual([{ failures: BREAKER_FAILURES, unasked: false }]);
  expect((await deliveries.claim({ rows: 5, open: new Map() })).rows).toMatchObject([{ action: 'SEND' }]);
});

/** The last message that is tried before the count begins again. */
const LAST = MOST_FAILURES - ((MOST_FAILURES - BREAKER_FAILURES) % PROBES_PER_MESSAGE);

test.each([BREAKER_FAILURES, LAST])(
  'where posting alone fails, a message that failed as number %i is followed by looks, and only then by another',
  async (failures) => {
    const { channels, sendTo, rows: first } = await claiming.one(`tried-${failures}`);
    for (const channel of channels.slice(1)) await sendTo(channel);
    await world.database.query(`update delivery_teams set failures_in_a_row = ${failures}`);
    await deliveries.settle(unasked(first));
    const actions: string[] = [];
    for (let probe = 0; probe < PROBES_PER_MESSAGE; probe += 1) {
      await world.database.query('update delivery_teams set turn_at = now()');
      const { rows } = await deliveries.claim({ rows: 5, open: new Map() });
      actions.push(...rows.map(({ action }) => action));
      const looks = unasked(rows.filter(({ action }) => action === 'CONFIRM'));
      await deliveries.settle(looks.map((settled) => ({ ...settled, outage: false })));
    }
    const looks = Array.from({ length: PROBES_PER_MESSAGE - 1 }, () => 'CONFIRM');
    expect(actions).toEqual([...looks, 'SEND']);
  },
);
