import type { MessageMetadata } from '../model.ts';
import { checkBlocks, parseList } from './block-rules.ts';
import type { Block } from './block-rules.ts';
import type { Answer, Arguments } from './call.ts';
import { fail, textOf } from './call.ts';

const MAX_TEXT = 40_000;
const MAX_MARKDOWN_TEXT = 12_000;
const MAX_ATTACHMENTS = 100;
/** Slack has a limit and does not publish it. */
const MAX_METADATA_BYTES = 16_384;

/** In code points, so that no emoji counts twice. */
export const isLongerThan = (text: string, max: number): boolean => text.length > max && [...text].length > max;

export interface Content {
  readonly text: string;
  readonly blocks: readonly Block[] | null;
  readonly attachments: readonly Block[] | null;
  readonly metadata: MessageMetadata | null;
  readonly truncated: boolean;
}

export type ContentVerdict = { kind: 'ok'; content: Content } | { kind: 'refused'; answer: Answer };

const refused = (answer: Answer): ContentVerdict => ({ kind: 'refused', answer });

/** What a message says, checked as `chat.postMessage` and `chat.update` check it. */
export function readContent(args: Arguments): ContentVerdict {
  const text = textOf(args, 'text');
  const markdown = textOf(args, 'markdown_text');
  if (markdown !== null && (text !== null || args['blocks'] !== undefined))
    return refused(fail('markdown_text_conflict'));
  if (markdown !== null && isLongerThan(markdown, MAX_MARKDOWN_TEXT)) return refused(fail('msg_too_long'));
  const blocks = checkBlocks(args['blocks']);
  if (blocks.kind === 'refused') {
    const { error, messages } = blocks;
    return refused(fail(error, messages.length === 0 ? {} : { errors: messages, response_metadata: { messages } }));
  }
  const attachments = args['attachments'] === undefined ? null : parseList(args['attachments']);
  if (attachments === null && args['attachments'] !== undefined) return refused(fail('invalid_attachments'));
  if (attachments !== null && attachments.length > MAX_ATTACHMENTS) return refused(fail('too_many_attachments'));
  const said = text ?? markdown ?? '';
  if (said === '' && blocks.blocks === null && (attachments === null || attachments.length === 0))
    return refused(fail('no_text'));
  const metadata = readMetadata(args['metadata']);
  if (typeof metadata === 'string') return refused(fail(metadata));
  const truncated = isLongerThan(said, MAX_TEXT);
  return {
    kind: 'ok',
    content: {
      text: truncated ? [...said].slice(0, MAX_TEXT).join('') : said,
      blocks: blocks.blocks,
      attachments,
      metadata,
      truncated,
    },
  };
}

/** The metadata, null for none, or the error's code. */
function readMetadata(given: unknown): MessageMetadata | null | string {
  if (given === undefined || given === null || given === '') return null;
  let value: unknown = given;
  if (typeof given === 'string') {
    if (Buffer.byteLength(given) > MAX_METADATA_BYTES) return 'metadata_too_large';
    try {
      value = JSON.parse(given);
    } catch {
      return 'invalid_metadata_format';
    }
  }
  if (typeof value !== 'object' || value === null) return 'invalid_metadata_format';
  const { event_type: type, event_payload: payload } = value as Record<string, unknown>;
  if (
    typeof type !== 'string' ||
    type === '' ||
    typeof payload !== 'object' ||
    payload === null ||
    Array.isArray(payload)
  ) {
    return 'invalid_metadata_schema';
  }
  if (typeof given !== 'string' && Buffer.byteLength(JSON.stringify(value)) > MAX_METADATA_BYTES)
    return 'metadata_too_large';
  return { event_type: type, event_payload: payload as Record<string, unknown> };
}
