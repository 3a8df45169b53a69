/** What the server wrote into the page: see `AdminPage` of the server's admin route. */
export interface Page {
  readonly publicUrl: string;
  readonly hostOrigins: readonly string[];
  readonly simulatedSlackUrl?: string;
  readonly playgroundUrl?: string;
  readonly production: boolean;
}

const text = document.querySelector('script#page')?.textContent ?? '{}';
export const page = JSON.parse(text) as Page;

const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';
export const styleNonce = (): string => nonce;
