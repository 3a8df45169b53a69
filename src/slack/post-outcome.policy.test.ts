import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange } from './exchange.policy.ts';
import { POST_ERRORS } from './post-errors.policy.ts';
import { isListedPostError, postOutcome, type PostOutcome } from './post-outcome.policy.ts';

/** Another one in every run; paste a printed one here to see its run again. */
const SEED = Date.now() % 2_147_483_647;
const property = { seed: SEED, numRuns: 500 };

const answered = (body: unknown, fields: Partial<Extract<Exchange, { kind: 'answered' }>> = {}): Exchange => ({
  kind: 'answered',
  httpStatus: 200,
  retryAfter: undefined,
  oauthScopes: undefined,
  date: undefined,
  complete: true,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...fields,
});
const refusal = (error: string, more: object = {}): PostOutcome => postOutcome(answered({ ok: false, error, ...more }));
const posted = { ok: true, channel: 'C0123456789', ts: '1700000000.000100' };

/** As Slack's pages for chat.postMessage list them. */
const DOCUMENTED =
  `access_denied accesslimited account_inactive deprecated_endpoint enterprise_is_restricted fatal_error invalid_arg_name
invalid_array_arg invalid_charset invalid_form_data invalid_post_type is_bot method_deprecated missing_post_type
missing_scope no_permission not_allowed_token_type not_authed org_login_required ratelimited request_timeout
service_unavailable team_added_to_org token_expired token_revoked two_factor_setup_required unknown_method
invalid_arguments invalid_auth internal_error ekm_access_denied team_access_not_granted app_access_restricted
as_user_not_supported channel_not_found draft_already_deleted draft_already_sent draft_has_conflict draft_not_found
duplicate_channel_not_found duplicate_message_not_found invalid_blocks invalid_blocks_format invalid_metadata_format
invalid_metadata_schema is_archived markdown_text_conflict message_limit_exceeded messages_tab_disabled
metadata_must_be_sent_from_app metadata_too_large msg_blocks_too_long no_text not_in_channel rate_limited
restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
restricted_action_thread_locked restricted_action_thread_only_channel send_on_behalf_not_allowed
slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked
team_not_found too_many_attachments too_many_contact_cards cannot_reply_to_message missing_file_data
attachment_payload_limit_exceeded user_email_unverified msg_too_long`.split(/\s+/);
/** On no such page, and answered all the same where `thread_ts` is none. */
const UNDOCUMENTED = ['invalid_thread_ts', 'thread_not_found'];

describe(`the outcome of a post (seed ${SEED})`, () => {
  it('is delivered with the channel and ts that Slack returned', () => {
    expect(postOutcome(answered(posted))).toEqual({
      kind: 'delivered',
      channel: 'C0123456789',
      ts: '1700000000.000100',
      httpStatus: 200,
    });
  });

  it.each([...DOCUMENTED, ...UNDOCUMENTED])('classifies the code %s on purpose', (code) => {
    expect(isListedPostError(code)).toBe(true);
    expect(refusal(code)).toMatchObject({ slackError: code, httpStatus: 200 });
  });

  it('lists no code beyond them', () => {
    expect([...POST_ERRORS.keys()].toSorted()).toEqual([...new Set([...DOCUMENTED, ...UNDOCUMENTED])].toSorted());
  });

  it.each([
    ['ratelimited', { kind: 'rateLimited', retryAfterSeconds: 30 }],
    ['rate_limited', { kind: 'rateLimited', retryAfterSeconds: 30 }],
    ['service_unavailable', { kind: 'notSent', reason: 'SLACK' }],
    ['request_timeout', { kind: 'notSent', reason: 'SLACK' }],
    ['org_login_required', { kind: 'notSent', reason: 'SLACK' }],
    ['team_added_to_org', { kind: 'notSent', reason: 'SLACK' }],
    ['token_expired', { kind: 'tokenExpired' }],
    ['token_revoked', { kind: 'credentialEnded' }],
    ['account_inactive', { kind: 'credentialEnded' }],
    ['two_factor_setup_required', { kind: 'credentialEnded' }],
    ['user_email_unverified', { kind: 'credentialEnded' }],
    ['invalid_auth', { kind: 'authUnclear' }],
    ['fatal_error', { kind: 'unknown' }],
    ['internal_error', { kind: 'unknown' }],
    ['channel_not_found', { kind: 'rejected', failureCode: 'CHANNEL_NOT_FOUND' }],
    ['not_in_channel', { kind: 'rejected', failureCode: 'NOT_IN_CHANNEL' }],
    ['is_archived', { kind: 'rejected', failureCode: 'CHANNEL_ARCHIVED' }],
    ['restricted_action', { kind: 'rejected', failureCode: 'POSTING_RESTRICTED' }],
    ['restricted_action_of_tomorrow', { kind: 'rejected', failureCode: 'POSTING_RESTRICTED' }],
    ['restricted_action_thread_locked', { kind: 'rejected', failureCode: 'POSTING_RESTRICTED' }],
    ['team_access_not_granted', { kind: 'rejected', failureCode: 'POSTING_RESTRICTED' }],
    ['no_text', { kind: 'rejected', failureCode: 'INVALID_MESSAGE' }],
    ['msg_blocks_too_long', { kind: 'rejected', failureCode: 'INVALID_MESSAGE' }],
    ['invalid_thread_ts', { kind: 'rejected', failureCode: 'INVALID_MESSAGE' }],
    ['a_code_of_tomorrow', { kind: 'rejected', failureCode: 'SLACK_REJECTED' }],
  ])('reads %s as the delivery promise says', (code, expected) => {
    expect(refusal(code)).toMatchObject(expected);
  });

  it('names the scope that is missing', () => {
    const outcome = refusal('missing_scope', { needed: 'chat:write', provided: 'users:read' });
    expect(outcome).toMatchObject({ kind: 'rejected', failureCode: 'MISSING_SCOPE', detail: 'chat:write' });
  });

  it('passes on what Slack says is wrong with the blocks', () => {
    const hint = '[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]';
    const outcome = refusal('invalid_blocks', { response_metadata: { messages: [hint, 7, null] } });
    expect(outcome).toMatchObject({ failureCode: 'INVALID_MESSAGE', detail: hint });
  });

  it.each([
    ['7', 7],
    [' 120 ', 120],
    ['86400', 86_400],
    ['1000000000', 30 * 86_400],
    ['9007199254740991', 30 * 86_400],
    ['0', 30],
    ['-5', 30],
    ['1.5', 30],
    ['30 seconds', 30],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 30],
    ['soon', 30],
    ['9'.repeat(40), 30],
    ['', 30],
    [undefined, 30],
  ])('waits by Retry-After %j %i s', (retryAfter, seconds) => {
    const outcome = { kind: 'rateLimited', retryAfterSeconds: seconds };
    expect(postOutcome(answered('<html>', { httpStatus: 429, retryAfter, complete: false }))).toMatchObject(outcome);
    expect(postOutcome(answered({ ok: false, error: 'rate_limited' }, { retryAfter }))).toMatchObject(outcome);
  });

  it('is not sent only where it is certain that not a byte left', () => {
    const lost = (bytesLeft: boolean) => postOutcome({ kind: 'noAnswer', bytesLeft, detail: 'broke (ECONNRESET)' });
    expect(lost(false)).toEqual({ kind: 'notSent', reason: 'CONNECTION', detail: 'broke (ECONNRESET)' });
    expect(lost(true)).toEqual({ kind: 'unknown', detail: 'broke (ECONNRESET)' });
    const late = postOutcome({ kind: 'notStarted', reason: 'DEADLINE', detail: 'late' });
    expect(late).toEqual({ kind: 'notSent', reason: 'DEADLINE', detail: 'late' });
  });

  it('gives up a message that cannot be put into a request, instead of trying again', () => {
    const outcome = postOutcome({ kind: 'notStarted', reason: 'SETUP', detail: 'no request' });
    expect(outcome).toMatchObject({ kind: 'rejected', failureCode: 'INVALID_MESSAGE' });
  });

  it.each([400, 401, 403, 404, 408, 413, 422, 451])(
    'reads an HTTP %i without a code as a bad message',
    (httpStatus) => {
      const outcome = postOutcome(answered('<html>no</html>', { httpStatus }));
      expect(outcome).toEqual({ kind: 'rejected', failureCode: 'INVALID_MESSAGE', httpStatus });
    },
  );

  it('reads the code of an HTTP 4xx that carries one, and distrusts one that says ok', () => {
    const withStatus = (body: unknown) => postOutcome(answered(body, { httpStatus: 403 }));
    expect(withStatus({ ok: false, error: 'token_revoked' })).toMatchObject({ kind: 'credentialEnded' });
    expect(withStatus(posted)).toMatchObject({ kind: 'unknown' });
  });

  const malformed = [
    '',
    'null',
    'true',
    '[]',
    '"ok"',
    '{}',
    '{"ok":true',
    '<html>Server Error</html>',
    '{"ok":"true","channel":"C1234","ts":"1.1"}',
    '{"ok":true,"channel":"C1234"}',
    '{"ok":true,"ts":"1.1"}',
    '{"ok":true,"channel":7,"ts":1.1}',
    '{"ok":true,"channel":"","ts":""}',
    '{"ok":false}',
    '{"ok":false,"error":""}',
    '{"ok":false,"error":"<html>"}',
    '{"ok":false,"error":"Channel_Not_Found"}',
    '{"ok":false,"error":"not_in_channel\\n"}',
    '{"ok":false,"error":7}',
  ];
  it.each(malformed)('does not claim to know what %j means', (body) => {
    expect(postOutcome(answered(body))).toMatchObject({ kind: 'unknown', httpStatus: 200 });
  });

  it('does not believe the whole-looking part of an answer that broke off', () => {
    expect(postOutcome(answered(posted, { complete: false }))).toMatchObject({ kind: 'unknown' });
    expect(postOutcome(answered({ ok: false, error: 'no_text' }, { complete: false }))).toMatchObject({
      kind: 'unknown',
    });
  });

  it('is unknown for every 5xx and every redirect, whatever the body says', () => {
    const bodies = fc.oneof(
      fc.constantFrom(JSON.stringify(posted), ...DOCUMENTED.map((error) => JSON.stringify({ ok: false, error }))),
      fc.string(),
    );
    const statuses = fc.oneof(fc.integer({ min: 500, max: 599 }), fc.integer({ min: 201, max: 399 }));
    const check = (body: string, httpStatus: number): void => {
      expect(postOutcome(answered(body, { httpStatus })).kind).toBe('unknown');
    };
    fc.assert(fc.property(bodies, statuses, check), property);
  });

  const anyBody = fc.oneof(
    fc.string(),
    fc.json(),
    fc.object().map((value) => JSON.stringify(value)),
  );
  const almostSlack = fc
    .record(
      {
        ok: fc.oneof(fc.boolean(), fc.anything()),
        error: fc.oneof(fc.constantFrom(...DOCUMENTED), fc.string(), fc.anything()),
        channel: fc.oneof(fc.constant('C0123456789'), fc.anything()),
        ts: fc.oneof(fc.constant('1.1'), fc.anything()),
        needed: fc.anything(),
        response_metadata: fc.anything(),
      },
      { requiredKeys: [] },
    )
    .map((value) => {
      try {
        return JSON.stringify(value) ?? '';
      } catch {
        return '{';
      }
    });
  const anyAnswer = fc.record({
    kind: fc.constant('answered' as const),
    httpStatus: fc.oneof(fc.constant(200), fc.integer({ min: 0, max: 999 })),
    retryAfter: fc.option(fc.string(), { nil: undefined }),
    oauthScopes: fc.option(fc.string(), { nil: undefined }),
    date: fc.option(fc.string(), { nil: undefined }),
    complete: fc.boolean(),
    body: fc.oneof(anyBody, almostSlack),
  });

  it('has a word for whatever may come, and never throws', () => {
    const kinds = 'delivered rateLimited notSent tokenExpired credentialEnded authUnclear rejected unknown'.split(' ');
    fc.assert(
      fc.property(anyAnswer, (exchange) => {
        const outcome = postOutcome(exchange);
        expect(kinds).toContain(outcome.kind);
        if (outcome.kind === 'rateLimited') expect(outcome.retryAfterSeconds).toBeGreaterThan(0);
        if ('slackError' in outcome && outcome.slackError !== undefined)
          expect(outcome.slackError).toMatch(/^[a-z0-9_]+$/);
      }),
      { ...property, numRuns: 3_000 },
    );
  });

  it('never takes a malformed answer for delivered or not sent', () => {
    const wellFormed = (body: string): boolean => {
      try {
        const value: unknown = JSON.parse(body);
        if (typeof value !== 'object' || value === null || !('ok' in value)) return false;
        if (value.ok === true) return 'channel' in value && 'ts' in value;
        return (
          value.ok === false && 'error' in value && typeof value.error === 'string' && /^[a-z0-9_]+$/.test(value.error)
        );
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(anyAnswer, (exchange) => {
        fc.pre(!(exchange.complete && wellFormed(exchange.body)));
        expect(['delivered', 'notSent']).not.toContain(postOutcome(exchange).kind);
      }),
      { ...property, numRuns: 3_000 },
    );
  });

  it('rejects every well-formed code that it does not know, and no more than that', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9_]{1,60}$/), (code) => {
        fc.pre(!isListedPostError(code));
        expect(refusal(code)).toMatchObject({ kind: 'rejected', failureCode: 'SLACK_REJECTED', slackError: code });
      }),
      property,
    );
  });
});
