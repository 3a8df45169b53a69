import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newTeam } from '../api/identity-steps.ts';
import { DisconnectDocument } from '../generated/graphql.ts';
import { joinAsPerson, openDesk, type Desk } from '../support/desk.ts';
import type { Program } from '../support/processes.ts';
import { accepted, World } from '../support/world.ts';

const LIMIT = { timeout: 90_000 };
const TIMEOUT_SECONDS = 8;

let world: World;
let server: Program;
beforeEach(async () => {
  world = await World.start({ env: { SLACK_TIMEOUT_MS: `${TIMEOUT_SECONDS * 1000}` } });
  server = world.servers[0] ?? expect.unreachable();
});
afterEach(() => world.stop());

const silenceSlack = (): Promise<void> =>
  world.slack.fault({ match: { method: '*' }, fault: { type: 'hang' }, times: 0 });

const countOf = async (rows: string): Promise<number> => {
  const [row] = await world.database.query<{ count: number }>(`select count(*)::int as count from ${rows}`);
  return row?.count ?? 0;
};

const stopsInTime = async (): Promise<void> => {
  const startedAt = performance.now();
  server.kill('SIGTERM');
  expect(await server.exited()).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
};

/** Two workspaces that are disconnected in vain: the tokens of two bots and six people are to be revoked. */
const eightRevocations = async (): Promise<void> => {
  const desks: Desk[] = [];
  for (const workspaceId of ['one', 'two']) {
    const team = await newTeam(world);
    const desk = await openDesk(world, workspaceId, team.id);
    for (const person of team.people) await joinAsPerson(world, desk, `${workspaceId}-${person}`, person);
    desks.push(desk);
  }
  await silenceSlack();
  await Promise.all(
    desks.map(({ admin, connection }) => admin.run(DisconnectDocument, { input: { id: connection.id } })),
  );
  await expect.poll(() => countOf('revocations where last_error is not null')).toBe(8);
};

const makeDue = async (): Promise<void> => {
  await world.database.query('update credentials set revoking_until = now()');
  await world.database.query('update revocations set next_attempt_at = now()');
};

describe('SIGTERM while Slack does not answer ends with 0 within 15 s', () => {
  test('where many tokens are due to be revoked, and the next process revokes them all', LIMIT, async () => {
    await eightRevocations();
    await makeDue();
    await expect.poll(() => countOf('revocations where attempts = 2')).toBeGreaterThan(0);
    await stopsInTime();
    expect(await countOf('revocations')).toBe(8);
    await world.slack.clearFaults();
    await makeDue();
    await world.addServer();
    await expect.poll(() => countOf('revocations')).toBe(0);
    expect((await world.slack.tokens()).every(({ revoked }) => revoked)).toBe(true);
  });

  test('where a message waits for its answer and a check comes due meanwhile', LIMIT, async () => {
    const desk = await openDesk(world, 'demo');
    const checks = () => world.slack.requests('auth.test');
    // An install is checked within seconds: not the check that is meant here.
    await expect.poll(checks).toHaveLength(1);
    await silenceSlack();
    await accepted(desk.admin, desk.message());
    await expect.poll(() => countOf(`notifications where status = 'SENDING'`)).toBe(1);
    await world.database.query(
      `update credential_checks set next_check_at = now() + interval '${TIMEOUT_SECONDS - 1} seconds'`,
    );
    await stopsInTime();
    expect(await checks()).toHaveLength(1);
  });
});
