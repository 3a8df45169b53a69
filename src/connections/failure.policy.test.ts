import { describe, expect, it } from 'vitest';
import { FailureCode } from '../graphql/failure-code.types.ts';
import { describeFailure, FAILURE_CODES, type FailureContext } from './failure.policy.ts';

const contexts: FailureContext[] = [
  {},
  { personal: true },
  { slackError: 'token_revoked', channelName: 'general', postsAs: 'Heliograph' },
  { channelId: 'D1' },
  { slackError: 'a_code_of_tomorrow', channelId: 'C1', detail: 'chat:write', personal: true },
];

describe('the description of a failure', () => {
  it('knows exactly the codes of the API', () => {
    expect([...FAILURE_CODES].sort()).toEqual(Object.keys(FailureCode).sort());
  });

  it.each(FAILURE_CODES)('tells a person what happened and what to do: %s', (code) => {
    for (const context of contexts) {
      const { message, remedy } = describeFailure(code, context);
      expect(message).toMatch(/^[A-Z#].*\.$/);
      expect(remedy).toMatch(/^[A-Z].*\.$/);
      expect(`${message} ${remedy}`).not.toMatch(/undefined|null|\[object/);
    }
  });

  it('names channel, author and scope where they are known', () => {
    expect(describeFailure('NOT_IN_CHANNEL', { channelName: 'deploys', postsAs: 'Beacon' }).remedy).toBe(
      'Invite Beacon to #deploys in Slack (/invite), then send it again.',
    );
    expect(describeFailure('MISSING_SCOPE', { detail: 'groups:read' }).message).toContain('groups:read');
  });

  it('calls a direct message by who is in it, which is no channel', () => {
    expect(describeFailure('CHANNEL_ARCHIVED', { channelId: 'D0ADA', channelName: 'Ada' }).message).toMatch(
      /^the direct message with Ada /i,
    );
    expect(describeFailure('CHANNEL_NOT_FOUND', { channelId: 'C1', channelName: 'mpdm-ada--ben-1' }).message).toContain(
      'the direct message with mpdm-ada--ben-1:',
    );
  });

  it('blames nobody for a message that was accepted for who posted before', () => {
    const { message, remedy } = describeFailure('IDENTITY_NOT_USABLE', { detail: 'Another bot posts now.' });
    expect(message).toBe('Another bot posts now. Nothing was posted.');
    expect(remedy).toMatch(/^Resend it/);
  });

  it('sends a dead bot to an admin and a dead person to that person', () => {
    expect(describeFailure('CONNECTION_NEEDS_REAUTHORIZATION').actor).toBe('WORKSPACE_ADMIN');
    expect(describeFailure('CONNECTION_NEEDS_REAUTHORIZATION', { personal: true }).actor).toBe('CALLER');
  });

  it.each(['cannot_reply_to_message', 'invalid_thread_ts', 'thread_not_found'])(
    'says of %s that it is the thread, and not the text',
    (slackError) => {
      const { message, remedy, actor } = describeFailure('INVALID_MESSAGE', { slackError });
      expect({ message, actor }).toEqual({
        message: `Slack cannot put a reply to the message of threadTs (${slackError}).`,
        actor: 'CALLER',
      });
      expect(remedy).toContain('threadTs');
      expect(remedy).not.toContain('Block Kit');
    },
  );

  it('sends a Messages Tab that is off to the operator, whose app it is', () => {
    const { message, remedy, actor } = describeFailure('POSTING_RESTRICTED', { slackError: 'messages_tab_disabled' });
    expect(message).toContain('direct messages');
    expect(remedy).toContain('Messages Tab');
    expect(actor).toBe('OPERATOR');
    expect(describeFailure('POSTING_RESTRICTED', { slackError: 'restricted_action' }).actor).toBe('SLACK_ADMIN');
  });

  it("keeps Slack's own code", () => {
    expect(describeFailure('POSTING_RESTRICTED', { slackError: 'restricted_action' }).slackError).toBe(
      'restricted_action',
    );
  });
});
