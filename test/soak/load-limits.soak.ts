import { describe, test } from 'vitest';
import { hangBeside } from '../load/hanging.ts';
import { keepPace } from '../load/one-channel.ts';
import { goDown } from '../load/outage.ts';
import { weather } from '../load/storm.ts';
import { chanceOf } from '../support/seeded.ts';

const MINUTE = 60_000;

describe('limits of Slack', () => {
  test('a busy channel gets all of one message a second for a minute', { timeout: 6 * MINUTE }, async () => {
    const name = 'one channel at 1 a second';
    await keepPace(name, chanceOf(name), { perSecond: 1, seconds: 60 });
  });

  test('a storm of 429 for 30 seconds is waited out to the second', { timeout: 10 * MINUTE }, async () => {
    const name = '429 storm of 30 s';
    await weather(name, chanceOf(name), { phaseMs: 15_000, waiting: 300 });
  });

  test('a team that Slack never answers delays no other team', { timeout: 6 * MINUTE }, async () => {
    const name = 'a hanging team of 50 channels, long';
    await hangBeside(name, chanceOf(name), { phaseMs: 20_000, timeoutMs: 10_000 });
  });

  test('while Slack is down for a minute each team is only probed', { timeout: 5 * MINUTE }, async () => {
    const name = 'Slack down for 60 s';
    await goDown(name, chanceOf(name), { steadyMs: 10_000, downMs: 60_000, waiting: 300 });
  });

  test('the limit of a team holds on return as well', { timeout: 5 * MINUTE }, async () => {
    const name = 'Slack down for 20 s, teams limited to 300 a minute';
    const env = { TEAM_MESSAGES_PER_MINUTE: '300' };
    await goDown(name, chanceOf(name), { steadyMs: 10_000, downMs: 20_000, waiting: 250, env });
  });
});
