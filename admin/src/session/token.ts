const TOKEN_KEY = 'heliograph.token';

/** A token in the fragment never reaches a server or its log; it leaves the address bar before anybody can copy it. */
export function takeTokenFromAddress(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return;
  storeToken(given);
  history.replaceState(null, '', location.pathname + location.search);
}

/** Kept for this tab only, so that the trip to Slack and back finds it again. */
export const readToken = (): string => sessionStorage.getItem(TOKEN_KEY) ?? '';

export const storeToken = (token: string): void =>
  sessionStorage.setItem(TOKEN_KEY, token.trim().replace(/^Bearer\s+/i, ''));

export const forgetToken = (): void => sessionStorage.removeItem(TOKEN_KEY);

/** When the token ends (ms), as it says itself; the server is who decides. Undefined where it says nothing legible. */
export function expiryOf(token: string): number | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { exp } = JSON.parse(atob(payload)) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
