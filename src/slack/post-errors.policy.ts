/** The part of the API's `FailureCode` that Slack's answer to a post can mean. */
export type RejectionCode =
  | 'CHANNEL_NOT_FOUND'
  | 'NOT_IN_CHANNEL'
  | 'CHANNEL_ARCHIVED'
  | 'POSTING_RESTRICTED'
  | 'MISSING_SCOPE'
  | 'INVALID_MESSAGE'
  | 'SLACK_REJECTED';

export type PostErrorClass =
  'rateLimited' | 'notSent' | 'tokenExpired' | 'credentialEnded' | 'authUnclear' | 'unknown' | RejectionCode;

const BY_CLASS: Readonly<Record<PostErrorClass, readonly string[]>> = {
  rateLimited: ['ratelimited', 'rate_limited'],
  // Slack did not begin; an organisation's migration takes hours, which the long steps of the backoff cover.
  notSent: ['service_unavailable', 'request_timeout', 'org_login_required', 'team_added_to_org'],
  tokenExpired: ['token_expired'],
  credentialEnded: ['token_revoked', 'account_inactive', 'two_factor_setup_required', 'user_email_unverified'],
  // Also what a caller outside the app's IP allow-list gets, or one whose header a proxy took away.
  authUnclear: ['invalid_auth', 'not_authed'],
  // "It's possible some aspect of the operation succeeded before the error was raised."
  unknown: ['fatal_error', 'internal_error'],
  CHANNEL_NOT_FOUND: ['channel_not_found'],
  NOT_IN_CHANNEL: ['not_in_channel'],
  CHANNEL_ARCHIVED: ['is_archived'],
  // Somebody who administers the Slack workspace or organisation, or the app, decided so and can undo it.
  POSTING_RESTRICTED: [
    'restricted_action',
    'restricted_action_read_only_channel',
    'restricted_action_thread_only_channel',
    'restricted_action_non_threadable_channel',
    'restricted_action_thread_locked',
    'ekm_access_denied',
    'messages_tab_disabled',
    'app_access_restricted',
    'team_access_not_granted',
    'no_permission',
    'access_denied',
    'accesslimited',
    'enterprise_is_restricted',
    'message_limit_exceeded',
    'send_on_behalf_not_allowed',
    'slack_connect_canvas_sharing_blocked',
    'slack_connect_file_link_sharing_blocked',
    'slack_connect_lists_sharing_blocked',
  ],
  // A token of a kind that may not post is mended as a missing scope is: by connecting again.
  MISSING_SCOPE: ['missing_scope', 'not_allowed_token_type'],
  // The caller can mend it by sending something else.
  INVALID_MESSAGE: [
    'no_text',
    'invalid_blocks',
    'invalid_blocks_format',
    'msg_blocks_too_long',
    'msg_too_long',
    'too_many_attachments',
    'too_many_contact_cards',
    'attachment_payload_limit_exceeded',
    'markdown_text_conflict',
    'invalid_metadata_format',
    'invalid_metadata_schema',
    'metadata_too_large',
    'missing_file_data',
    'cannot_reply_to_message',
    'invalid_thread_ts',
    'thread_not_found',
    'invalid_arguments',
  ],
  // Nothing that a caller or an admin did: a mistake of this program, or a feature that it does not use.
  SLACK_REJECTED: [
    'as_user_not_supported',
    'deprecated_endpoint',
    'draft_already_deleted',
    'draft_already_sent',
    'draft_has_conflict',
    'draft_not_found',
    'duplicate_channel_not_found',
    'duplicate_message_not_found',
    'invalid_arg_name',
    'invalid_array_arg',
    'invalid_charset',
    'invalid_form_data',
    'invalid_post_type',
    'is_bot',
    'metadata_must_be_sent_from_app',
    'method_deprecated',
    'missing_post_type',
    'team_not_found',
    'unknown_method',
  ],
};

const classified = (Object.keys(BY_CLASS) as PostErrorClass[]).flatMap((errorClass) =>
  BY_CLASS[errorClass].map((code): [string, PostErrorClass] => [code, errorClass]),
);

/**
 * Every code that Slack documents for chat.postMessage, and for every method, and two that it answers besides, with what
 * it means for a message.
 */
export const POST_ERRORS: ReadonlyMap<string, PostErrorClass> = new Map(classified);

const PASSING: ReadonlySet<PostErrorClass | undefined> = new Set(['notSent', 'unknown']);

/** What Slack says of a token that is gone, and of an address that it does not let in. */
export const isUnclear = (code: string): boolean => POST_ERRORS.get(code) === 'authUnclear';

/** Slack's own trouble of the moment: says nothing of what was asked, and the same call may succeed later. */
export const isPassing = (code: string): boolean => PASSING.has(POST_ERRORS.get(code));
