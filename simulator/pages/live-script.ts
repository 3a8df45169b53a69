/**
 * Runs in the browser: polls for changes and changes only what changed. Elements are matched by id and kept when they
 * are equal, so nothing flickers and a selection survives.
 */
export const LIVE_SCRIPT = `'use strict';
(() => {
  const messages = document.getElementById('messages');
  const channels = document.getElementById('channels');
  const scroller = document.getElementById('scroller');
  if (!messages || !channels || !scroller) return;

  const target = messages.querySelector('.is-target');
  if (target) target.scrollIntoView({ block: 'center' });
  else scroller.scrollTop = scroller.scrollHeight;

  const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;

  function reconcile(container, html) {
    const template = document.createElement('template');
    template.innerHTML = html;
    const wanted = [...template.content.children];
    const known = new Map([...container.children].map((child) => [child.id, child]));
    let place = container.firstElementChild;
    for (const fresh of wanted) {
      const old = known.get(fresh.id);
      known.delete(fresh.id);
      const kept = old && old.outerHTML === fresh.outerHTML ? old : fresh;
      if (old && kept !== old) {
        if (place === old) place = old.nextElementSibling;
        old.remove();
      }
      if (kept === place) place = place.nextElementSibling;
      else container.insertBefore(kept, place);
    }
    for (const gone of known.values()) gone.remove();
  }

  let version = messages.dataset.version;
  async function poll() {
    if (!document.hidden) {
      try {
        const response = await fetch(messages.dataset.live + '&v=' + version);
        if (response.status === 200) {
          const page = await response.json();
          const follow = !target && isAtEnd();
          version = String(page.version);
          reconcile(messages, page.messages);
          reconcile(channels, page.channels);
          if (follow) scroller.scrollTop = scroller.scrollHeight;
        }
      } catch {
        // The simulator is away for a moment; the next poll tries again.
      }
    }
    setTimeout(poll, 1000);
  }
  setTimeout(poll, 1000);
})();
`;
