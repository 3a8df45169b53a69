import { describe, expect, it } from 'vitest';
import { failedPage, grantedPage, RESULT_PAGE_POLICY } from './result-page.ts';

describe('the result page', () => {
  it('shows the claim, escaped', () => {
    expect(grantedPage('abc-_123')).toContain('>abc-_123</textarea>');
    const hostile = grantedPage(`</textarea><script>alert('x')</script>&"`);
    expect(hostile).toContain(
      '>&lt;/textarea&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;</textarea>',
    );
    expect(hostile).not.toContain('<script');
  });

  it('names the reason of a failure and what to do', () => {
    expect(failedPage('STATE_USED')).toContain('STATE_USED');
    expect(failedPage('STATE_USED')).toContain('already used');
  });

  it('allows nothing but its own style', () => {
    expect(RESULT_PAGE_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}=';/);
    expect(RESULT_PAGE_POLICY).not.toContain('unsafe');
  });
});
