import { escapeHtml } from './html.ts';
import type { Names } from './mrkdwn.ts';
import { mrkdwnHtml, plainHtml } from './mrkdwn.ts';

type Json = Record<string, unknown>;

/** Block Kit as safe HTML. Pictures are named, not fetched: nothing is asked of another host. */
export function blocksHtml(blocks: readonly Json[], names: Names): string {
  return `<div class="blocks">${blocks.map((block) => blockHtml(block, names)).join('')}</div>`;
}

function blockHtml(block: Json, names: Names): string {
  switch (block['type']) {
    case 'header':
      return `<h3 class="block-header">${textHtml(block['text'], names)}</h3>`;
    case 'divider':
      return '<hr>';
    case 'section':
      return sectionHtml(block, names);
    case 'context':
      return `<div class="block-context">${listOf(block['elements'])
        .map((element) => elementHtml(element, names))
        .join('')}</div>`;
    case 'actions':
      return `<div class="block-actions">${listOf(block['elements'])
        .map((element) => elementHtml(element, names))
        .join('')}</div>`;
    case 'image':
      return pictureHtml(block);
    case 'markdown':
      return `<div class="block-section">${mrkdwnHtml(textOf(block['text']), names)}</div>`;
    case 'rich_text':
      return `<div class="block-section">${plainHtml(richText(block))}</div>`;
    default:
      return `<div class="block-other">${escapeHtml(String(block['type']))} block</div>`;
  }
}

function sectionHtml(block: Json, names: Names): string {
  const text = block['text'] === undefined ? '' : `<div>${textHtml(block['text'], names)}</div>`;
  const fields = listOf(block['fields']).map((field) => `<div>${textHtml(field, names)}</div>`);
  const grid = fields.length === 0 ? '' : `<div class="block-fields">${fields.join('')}</div>`;
  const accessory = isObject(block['accessory'])
    ? `<div class="block-accessory">${elementHtml(block['accessory'], names)}</div>`
    : '';
  return `<div class="block-section"><div>${text}${grid}</div>${accessory}</div>`;
}

function elementHtml(element: Json, names: Names): string {
  if (element['type'] === 'mrkdwn' || element['type'] === 'plain_text')
    return `<span>${textHtml(element, names)}</span>`;
  if (element['type'] === 'image') return pictureHtml(element);
  if (element['type'] !== 'button') return `<span class="block-other">${escapeHtml(String(element['type']))}</span>`;
  const label = textHtml(element['text'], names);
  const { url } = element;
  if (typeof url !== 'string' || !/^https?:/i.test(url)) return `<span class="block-button">${label}</span>`;
  return `<a class="block-button" href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer">${label}</a>`;
}

/** Blocks are the sender's: what should be a text may be anything. */
const textOf = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

function pictureHtml(image: Json): string {
  return `<span class="block-picture" title="${escapeHtml(textOf(image['image_url']))}">🖼 ${escapeHtml(textOf(image['alt_text'], 'image'))}</span>`;
}

function textHtml(value: unknown, names: Names): string {
  if (!isObject(value)) return '';
  const text = textOf(value['text']);
  return value['type'] === 'mrkdwn' ? mrkdwnHtml(text, names) : plainHtml(text);
}

function richText(node: Json): string {
  if (typeof node['text'] === 'string') return node['text'];
  if (typeof node['url'] === 'string') return node['url'];
  return listOf(node['elements']).map(richText).join('');
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
