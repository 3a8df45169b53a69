/** The page where an app asks for permission. */
export const CONSENT_CSS = `
.consent-page { background: var(--raised); min-height: 100%; height: auto; }
.consent-bar { display: flex; align-items: center; justify-content: space-between; gap: 12px; padding: 12px 20px; background: var(--page); border-bottom: 1px solid var(--line); }
.wordmark { display: inline-flex; align-items: center; gap: 7px; font-size: 22px; font-weight: 800; letter-spacing: -.5px; }
.consent { max-width: 600px; margin: 28px auto; padding: 28px 36px 24px; background: var(--page); border: 1px solid var(--line); border-radius: 14px; }
.consent > h1 { font-size: 25px; font-weight: 500; line-height: 1.3; text-align: center; margin-bottom: 22px; text-wrap: balance; }
.consent h2 { font-size: 15px; font-weight: 800; margin: 18px 0 8px; }
.consent-switch { display: flex; justify-content: flex-end; }
.consent-pair { display: flex; align-items: center; justify-content: center; gap: 14px; margin: 12px 0 18px; }
.consent-pair .tile { width: 60px; height: 60px; border-radius: 14px; font-size: 24px; }
.dots { color: var(--muted); letter-spacing: 3px; }
.consent-scopes { border: 1px solid var(--line); border-radius: 10px; padding: 0 18px 12px; margin-bottom: 12px; }
.consent-scopes ul { list-style: none; margin: 0; padding: 0; }
.consent-scopes li { padding: 3px 0 3px 24px; position: relative; }
.consent-scopes li::before { content: ""; position: absolute; left: 4px; top: 9px; width: 9px; height: 5px; border: solid var(--primary); border-width: 0 0 2px 2px; transform: rotate(-45deg); }
.consent-details summary { cursor: pointer; color: var(--link); padding: 6px 0; width: fit-content; }
.consent-details fieldset { border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); }
.check { display: flex; align-items: center; gap: 8px; padding: 4px 0; font-size: 14px; }
.check input { width: 18px; height: 18px; flex: none; accent-color: var(--primary); }
.pick { display: block; padding: 6px 0; }
.pick select { font: inherit; padding: 4px; max-width: 100%; }
.consent-actions { display: flex; justify-content: flex-end; gap: 12px; margin-top: 18px; }
.button { font: inherit; font-weight: 700; min-width: 110px; padding: 10px 18px; border-radius: 6px; border: 1px solid var(--muted); background: var(--page); color: var(--text); cursor: pointer; }
.button:hover { background: var(--raised); }
.button.primary { background: var(--primary); border-color: var(--primary); color: #fff; }
.button.primary:hover { filter: brightness(1.08); }
.consent-person { margin-top: 22px; border-top: 1px solid var(--line); }
.menu { position: relative; display: inline-block; max-width: 100%; }
.menu summary { display: flex; align-items: center; gap: 10px; list-style: none; cursor: pointer; padding: 6px 10px; border: 1px solid var(--line); border-radius: 8px; }
.menu summary::-webkit-details-marker { display: none; }
.menu summary::after { content: "▾"; color: var(--muted); }
.menu ul { list-style: none; margin: 4px 0 0; padding: 6px; border: 1px solid var(--line); border-radius: 8px; background: var(--page); }
.consent-switch .menu ul { position: absolute; right: 0; z-index: 2; width: 290px; max-width: 80vw; box-shadow: 0 8px 24px rgb(0 0 0 / 18%); }
.menu li a { display: flex; align-items: center; gap: 10px; padding: 6px 8px; border-radius: 6px; color: inherit; text-decoration: none; }
.menu li a:hover, .menu li a[aria-current] { background: var(--raised); }
.menu small { color: var(--muted); }
.consent-error { margin-top: 14px; padding: 12px 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); overflow-wrap: anywhere; }
.consent-error code { margin-left: 8px; font-weight: 700; }
@media (max-width: 640px) {
  .consent { margin: 0; border: 0; border-radius: 0; padding: 18px 16px 32px; }
  .consent > h1 { font-size: 21px; }
  .consent-page { background: var(--page); }
  .consent-actions .button { flex: 1; padding: 12px; }
}
`;
