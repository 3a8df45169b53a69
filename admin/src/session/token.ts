const TOKEN_KEY = 'heliograph.token';

/** A token in the fragment never reaches a server or its log; it leaves the address bar before anybody can copy it. */
export function takeTokenFromAddress(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return undefined;
  // Who follows a link to somebody else's session must not go on in the one that is open.
  if (!storeToken(given)) forgetToken();
  history.replaceState(null, '', location.pathname + location.search);
  return given;
}

/** Kept for this tab only, so that the trip to Slack and back finds it again. */
export const readToken = (): string => sessionStorage.getItem(TOKEN_KEY) ?? '';

const isToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

/** False for what no request could carry: a text that was cut short with `…`, or that hides a character nobody sees. */
export function storeToken(given: string): boolean {
  const token = given.trim().replace(/^Bearer\s+/i, '');
  if (!isToken(token)) return false;
  sessionStorage.setItem(TOKEN_KEY, token);
  return true;
}

export const forgetToken = (): void => sessionStorage.removeItem(TOKEN_KEY);

interface Claims {
  readonly exp?: unknown;
  readonly sub?: unknown;
}

/** What the token says of itself; the server is who decides. Nothing where it is not legible. */
function claimsOf(token: string): Claims {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    return (JSON.parse(atob(payload)) ?? {}) as Claims;
  } catch {
    return {};
  }
}

/** When the token ends (ms). */
export function expiryOf(token: string): number | undefined {
  const { exp } = claimsOf(token);
  return typeof exp === 'number' ? exp * 1000 : undefined;
}

/** Who the token is for; of one that is not legible, itself. */
export function subjectOf(token: string): string {
  const { sub } = claimsOf(token);
  return typeof sub === 'string' ? sub : token;
}
