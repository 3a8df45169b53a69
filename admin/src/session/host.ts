import { page } from '../page.ts';

const READY = 'heliograph:ready';
const TOKEN = 'heliograph:token';

/** Asks the page that opened this one for a token. Only the origins that the server trusts are asked, and believed. */
export function askHost(): void {
  const opener = window.opener as Window | null;
  if (!opener) return;
  for (const origin of page.hostOrigins) opener.postMessage({ type: READY }, origin);
}

/** A host may hand over a token at any time, so before one expires too. */
export function listenToHost(take: (token: string) => void): () => void {
  const hear = ({ origin, source, data }: MessageEvent<unknown>): void => {
    if (source !== window.opener || !page.hostOrigins.includes(origin)) return;
    const { type, token } = (data ?? {}) as { type?: unknown; token?: unknown };
    if (type === TOKEN && typeof token === 'string' && token !== '') take(token);
  };
  window.addEventListener('message', hear);
  return () => window.removeEventListener('message', hear);
}
