import { expect, test } from 'vitest';
import { mendingOf } from './mending.ts';

test.each(['CONNECTION_NEEDS_REAUTHORIZATION', 'CONNECTION_DISCONNECTED', 'MISSING_SCOPE', 'IDENTITY_NOT_USABLE'])(
  '%s is mended by a new trip to Slack',
  (code) => expect(mendingOf({ code })).toBe('trip to Slack'),
);

test.each(['NOT_IN_CHANNEL', 'POSTING_RESTRICTED', 'SLACK_UNAVAILABLE', 'SLACK_REJECTED', 'A_CODE_OF_TOMORROW'])(
  '%s is not: what failed tells more',
  (code) => expect(mendingOf({ code })).toBe('look at what failed'),
);
