let isBack = false;
window.addEventListener('popstate', () => (isBack = true));
// Dispatched by the router for its own steps.
window.addEventListener('pushState', () => (isBack = false));

/** Whether the browser's back or forward button led here. */
export const cameBack = (): boolean => isBack;
