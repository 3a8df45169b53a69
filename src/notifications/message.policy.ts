import { isChannelId } from '../platform/ids.ts';
import { isLongerThan, isStorable, isStorableJson, MAX_TEXT_CODE_POINTS, notStorable } from '../platform/text.ts';
import type { Refusal } from '../platform/user-error.ts';

/** What a caller gives, before anything is looked up. */
export interface MessageInput {
  readonly channelId?: string | null | undefined;
  readonly text: string;
  readonly blocks?: readonly Record<string, unknown>[] | null | undefined;
  readonly threadTs?: string | null | undefined;
  readonly eventType?: string | null | undefined;
  readonly websiteId?: string | null | undefined;
  readonly metadata?: Record<string, unknown> | null | undefined;
  readonly scheduledFor?: Date | null | undefined;
  readonly expiresAt?: Date | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

export const MAX_BLOCKS = 50;
export const MAX_METADATA_BYTES = 16 * 1024;
export const MAX_LABEL_LENGTH = 255;
/** Slack's form of it. Of one with fewer digits, as a float leaves it, Slack says ok, and nobody ever sees the message. */
const MESSAGE_TS = /^\d{10,12}\.\d{6}$/;

const invalid = (code: Refusal['code'], field: string, message: string, remedy: string): Refusal => ({
  code,
  message,
  remedy,
  field: ['input', field],
});

const textProblem = ({ text }: MessageInput): Refusal | undefined => {
  if (text.trim() === '') {
    return invalid('INVALID_MESSAGE', 'text', 'The text is empty.', 'Give a text of 1 to 40,000 characters.');
  }
  if (isLongerThan(text, MAX_TEXT_CODE_POINTS)) {
    const remedy = 'Shorten it to 40,000 characters: Slack would cut off the rest.';
    return invalid('INVALID_MESSAGE', 'text', 'The text is longer than 40,000 characters.', remedy);
  }
  return isStorable(text) ? undefined : invalid('INVALID_MESSAGE', 'text', ...notStorable('The text'));
};

const blocksProblem = ({ blocks }: MessageInput): Refusal | undefined => {
  if (!blocks) return undefined;
  if (blocks.length < 1 || blocks.length > MAX_BLOCKS) {
    const message = `A message takes 1 to ${MAX_BLOCKS} blocks; these are ${blocks.length}.`;
    return invalid('INVALID_MESSAGE', 'blocks', message, 'Split it into several messages, or leave blocks out.');
  }
  const bad = blocks.findIndex(
    (block) => typeof block !== 'object' || block === null || typeof block['type'] !== 'string',
  );
  if (bad < 0) {
    const fits = isStorableJson(JSON.stringify(blocks));
    return fits ? undefined : invalid('INVALID_MESSAGE', 'blocks', ...notStorable('A block'));
  }
  return invalid(
    'INVALID_MESSAGE',
    'blocks',
    `Block ${bad} has no type.`,
    'Give each block a `type` as in Slack’s Block Kit, for example "section".',
  );
};

const metadataProblem = ({ metadata }: MessageInput): Refusal | undefined => {
  if (!metadata) return undefined;
  const json = JSON.stringify(metadata);
  if (Buffer.byteLength(json) > MAX_METADATA_BYTES) {
    const remedy = 'Store it on your side and send a reference to it.';
    return invalid('INVALID_INPUT', 'metadata', 'The metadata is larger than 16 KiB.', remedy);
  }
  return isStorableJson(json) ? undefined : invalid('INVALID_INPUT', 'metadata', ...notStorable('The metadata'));
};

const labelProblem = (input: MessageInput): Refusal | undefined => {
  for (const name of ['eventType', 'websiteId'] as const) {
    const label = input[name] ?? '';
    if (isLongerThan(label, MAX_LABEL_LENGTH)) {
      return invalid('INVALID_INPUT', name, `${name} is longer than 255 characters.`, 'Shorten it to 255 characters.');
    }
    if (!isStorable(label)) return invalid('INVALID_INPUT', name, ...notStorable(name));
  }
  return undefined;
};

const addressProblem = ({ channelId, threadTs }: MessageInput): Refusal | undefined => {
  if (channelId !== null && channelId !== undefined && !isChannelId(channelId)) {
    const remedy = 'Give the id of a conversation (C…, G… or D…), for example from the `channels` query; names change.';
    return invalid('CHANNEL_NOT_FOUND', 'channelId', 'This is not the id of a Slack conversation.', remedy);
  }
  if (threadTs !== null && threadTs !== undefined && !MESSAGE_TS.test(threadTs)) {
    const remedy =
      'Give the ts of the message to reply to as Slack gave it, for example "1700000000.000100". Keep it as a string: a number loses its last zeros.';
    return invalid('INVALID_INPUT', 'threadTs', 'This is not the ts of a Slack message.', remedy);
  }
  return undefined;
};

const timeProblem = ({ scheduledFor, expiresAt }: MessageInput, now: Date): Refusal | undefined => {
  if (!expiresAt) return undefined;
  if (expiresAt <= now) {
    return invalid('INVALID_INPUT', 'expiresAt', 'expiresAt is in the past.', 'Give a later time, or leave it out.');
  }
  if (scheduledFor && expiresAt <= scheduledFor) {
    const remedy = 'Give an expiresAt after scheduledFor, or leave it out.';
    return invalid('INVALID_INPUT', 'expiresAt', 'It would expire before it is due.', remedy);
  }
  return undefined;
};

export const keyProblem = ({ idempotencyKey: key }: Pick<MessageInput, 'idempotencyKey'>): Refusal | undefined => {
  if (key === null || key === undefined) return undefined;
  if (!isStorable(key)) return invalid('INVALID_INPUT', 'idempotencyKey', ...notStorable('The idempotency key'));
  if (key !== '' && [...key].length <= MAX_LABEL_LENGTH) return undefined;
  const remedy = 'Give a key of 1 to 255 characters, for example a UUID.';
  return invalid('INVALID_INPUT', 'idempotencyKey', 'The idempotency key has a wrong length.', remedy);
};

/** Whose selection is meant: it is stored and searched for even where there is no such user. */
export const senderProblem = ({ selectedBy }: { readonly selectedBy?: string }): Refusal | undefined => {
  const field = ['input', 'sender', 'selectedBy'];
  if (selectedBy === undefined) return undefined;
  if (!isStorable(selectedBy)) {
    const [message, remedy] = notStorable('selectedBy');
    return { code: 'INVALID_INPUT', message, remedy, field };
  }
  if (!isLongerThan(selectedBy, MAX_LABEL_LENGTH)) return undefined;
  const remedy = "Give a user's id as their token has it in `sub`, of 255 characters at most.";
  return { code: 'INVALID_INPUT', message: 'selectedBy is longer than 255 characters.', remedy, field };
};

const CHECKS: readonly ((input: MessageInput, now: Date) => Refusal | undefined)[] = [
  textProblem,
  blocksProblem,
  metadataProblem,
  labelProblem,
  addressProblem,
  timeProblem,
];

/** Everything that keeps a message from being well-formed, one of each kind. */
export const messageProblems = (input: MessageInput, now: Date): Refusal[] =>
  CHECKS.flatMap((check) => check(input, now) ?? []);

/** The first thing that keeps a message from being well-formed; nothing of such a one is stored. */
export const messageProblem = (input: MessageInput, now: Date): Refusal | undefined => {
  for (const check of CHECKS) {
    const problem = check(input, now);
    if (problem) return problem;
  }
  return undefined;
};
