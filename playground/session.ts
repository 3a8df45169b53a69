const TOKEN_KEY = 'heliograph.token';

/** A token in the fragment never reaches a server or its log; it leaves the address bar before anybody can copy it. */
export function takeTokenFromAddress(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return;
  storeToken(given);
  history.replaceState(null, '', location.pathname + location.search);
}

/** What Slack's trip brought back, taken out of the address bar likewise: it works once. */
export function takeReturnFromAddress(): { claim?: string; failed?: string } {
  const given = new URLSearchParams(location.search);
  const status = given.get('status');
  if (status === null) return {};
  history.replaceState(null, '', location.pathname);
  const claim = given.get('claim');
  if (status === 'granted' && claim !== null) return { claim };
  return { failed: given.get('code') ?? status };
}

export const readToken = (): string => sessionStorage.getItem(TOKEN_KEY) ?? '';

/** Not what no request could carry: a text that was cut short with `…`, or that hides a character nobody sees. */
export const isToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

export function storeToken(given: string): void {
  const token = given.trim().replace(/^Bearer\s+/i, '');
  if (token === '') sessionStorage.removeItem(TOKEN_KEY);
  else sessionStorage.setItem(TOKEN_KEY, token);
}
