import { expect, test } from 'vitest';
import { mayCancel, mayResend, maySettle } from './permissions.ts';

const ada = (role: 'ADMIN' | 'MEMBER' | 'SERVICE') => ({ role, userId: 'ada' });
const bot = { kind: 'WORKSPACE_BOT' as const };
const personOf = (userId: string) => ({ kind: 'PERSONAL_USER' as const, authorization: { userId } });

test.each([
  ['ADMIN', 'ben', true, true],
  ['MEMBER', 'ada', true, true],
  ['MEMBER', 'ben', false, false],
  ['SERVICE', 'ben', true, false],
] as const)('a %s is offered what the API allows for what %s requested', (role, requestedBy, cancel, settle) => {
  expect(mayCancel({ requestedBy }, ada(role))).toBe(cancel);
  expect(maySettle({ requestedBy }, ada(role))).toBe(settle);
});

test.each([
  ["the bot's", { channelId: 'C1', identity: bot }, [true, true, true]],
  ['their own', { channelId: 'C1', identity: personOf('ada') }, [true, true, false]],
  ["another person's", { channelId: 'C1', identity: personOf('ben') }, [false, false, false]],
  [
    "a person's of whom nothing is told",
    { channelId: 'C1', identity: { kind: 'PERSONAL_USER' as const } },
    [false, false, false],
  ],
  ['one without a channel', { channelId: null, identity: bot }, [false, false, false]],
  ['one without a sender', { channelId: 'C1', identity: null }, [false, false, false]],
])('a resend of %s is offered to an admin, a member and a service as the API allows it', (_whose, sent, offered) => {
  expect((['ADMIN', 'MEMBER', 'SERVICE'] as const).map((role) => mayResend(sent, ada(role)))).toEqual(offered);
});
