/** Block Kit's documented limits. */
const MAX_BLOCKS = 50;
/** Not documented; reported by people who met `msg_blocks_too_long`. */
const MAX_TEXT_OF_ALL_BLOCKS = 13_200;

export type Block = Record<string, unknown>;

export type BlockVerdict =
  { kind: 'ok'; blocks: readonly Block[] | null } | { kind: 'refused'; error: string; messages: readonly string[] };

const KNOWN_TYPES = new Set(
  'actions call carousel context context_actions divider file header image input markdown plan rich_text section table task_card video'.split(
    ' ',
  ),
);

export function checkBlocks(given: unknown): BlockVerdict {
  if (given === undefined || given === null || given === '') return { kind: 'ok', blocks: null };
  const blocks = parseList(given);
  if (blocks === null) return { kind: 'refused', error: 'invalid_blocks_format', messages: [] };
  const messages =
    blocks.length > MAX_BLOCKS ? [`no more than ${MAX_BLOCKS} items allowed [json-pointer:/blocks]`] : [];
  blocks.forEach((block, index) => messages.push(...faultsOf(block, `/blocks/${index}`)));
  if (messages.length > 0)
    return { kind: 'refused', error: 'invalid_blocks', messages: messages.map((text) => `[ERROR] ${text}`) };
  const length = blocks.reduce((sum, block) => sum + textLength(block), 0);
  if (length > MAX_TEXT_OF_ALL_BLOCKS) return { kind: 'refused', error: 'msg_blocks_too_long', messages: [] };
  return { kind: 'ok', blocks: blocks.length === 0 ? null : blocks };
}

/** A JSON list of objects, given as text (form) or as itself (JSON body); null when it is neither. */
export function parseList(given: unknown): Block[] | null {
  let value = given;
  if (typeof given === 'string') {
    try {
      value = JSON.parse(given);
    } catch {
      return null;
    }
  }
  return Array.isArray(value) && value.every(isObject) ? value : null;
}

function isObject(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function faultsOf(block: Block, at: string): string[] {
  const type = block['type'];
  if (typeof type !== 'string' || !KNOWN_TYPES.has(type))
    return [`unsupported type: ${String(type)} [json-pointer:${at}/type]`];
  if (type === 'section') return sectionFaults(block, at);
  if (type === 'header') return textFaults(block['text'], 150, `${at}/text`, ['plain_text']);
  if (type === 'context') return listFaults(block['elements'], 10, `${at}/elements`);
  if (type === 'actions') return listFaults(block['elements'], 25, `${at}/elements`);
  if (type === 'image') return imageFaults(block, at);
  if (type === 'markdown') return rawTextFaults(block['text'], 12_000, `${at}/text`);
  return [];
}

function sectionFaults(block: Block, at: string): string[] {
  const { text, fields } = block;
  if (text === undefined && fields === undefined)
    return [`missing required field: text or fields [json-pointer:${at}]`];
  const faults = text === undefined ? [] : textFaults(text, 3_000, `${at}/text`);
  if (fields === undefined) return faults;
  faults.push(...listFaults(fields, 10, `${at}/fields`));
  if (Array.isArray(fields)) {
    fields.forEach((field, index) => faults.push(...textFaults(field, 2_000, `${at}/fields/${index}`)));
  }
  return faults;
}

function imageFaults(block: Block, at: string): string[] {
  const hasSource = typeof block['image_url'] === 'string' || block['slack_file'] !== undefined;
  const faults = hasSource ? [] : [`missing required field: image_url [json-pointer:${at}]`];
  return [...faults, ...rawTextFaults(block['alt_text'], 2_000, `${at}/alt_text`)];
}

function textFaults(value: unknown, max: number, at: string, types = ['plain_text', 'mrkdwn']): string[] {
  if (!isObject(value)) return [`must be a text object [json-pointer:${at}]`];
  if (!types.includes(String(value['type'])))
    return [`unsupported type: ${String(value['type'])} [json-pointer:${at}/type]`];
  return rawTextFaults(value['text'], max, `${at}/text`);
}

function rawTextFaults(value: unknown, max: number, at: string): string[] {
  if (typeof value !== 'string' || value.length === 0) return [`must be more than 0 characters [json-pointer:${at}]`];
  return value.length > max ? [`must be less than ${max + 1} characters [json-pointer:${at}]`] : [];
}

function listFaults(value: unknown, max: number, at: string): string[] {
  if (!Array.isArray(value) || value.length === 0) return [`no fewer than 1 items allowed [json-pointer:${at}]`];
  return value.length > max ? [`no more than ${max} items allowed [json-pointer:${at}]`] : [];
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)),
    0,
  );
}
