/**
 * Gives the keyboard to it where what had it has gone from the page: the next key would begin at the top. Whoever has gone on
 * to something else stays there.
 */
export function takeLostFocus(place: HTMLElement | null | undefined): void {
  const { activeElement, body } = document;
  if (activeElement === null || activeElement === body) place?.focus({ preventScroll: true });
}

/** The name of the screen, where nothing that is nearer is left. */
export const headingOfPage = (): HTMLElement | null => document.querySelector('main h1');
