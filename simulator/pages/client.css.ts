/** The colours, and the pages that show channels and messages. */
export const CLIENT_CSS = `
:root {
  color-scheme: light dark;
  --page: light-dark(#ffffff, #1a1d21);
  --raised: light-dark(#f8f8f8, #222529);
  --text: light-dark(#1d1c1d, #d8d9da);
  --muted: light-dark(#5c5b5d, #a4a6a9);
  --line: light-dark(#dedddf, #36393f);
  --link: light-dark(#0f5fa8, #4fb0f0);
  --code: light-dark(#b3123f, #f28ba8);
  --rail: light-dark(#37103a, #150e17);
  --side: light-dark(#4a154b, #1f1424);
  --side-text: light-dark(#e9d9ea, #c9bccd);
  --side-strong: #ffffff;
  --side-here: light-dark(#1164a3, #1f5c94);
  --target: light-dark(#fdf3d3, #3b3320);
  --primary: light-dark(#007a5a, #0a7b5c);
  --focus: light-dark(#1264a3, #6cb9f2);
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { background: var(--page); color: var(--text); font: 15px/1.46 Lato, "Helvetica Neue", "Segoe UI", Roboto, Arial, sans-serif; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
h1, h2, h3, p { margin: 0; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; z-index: 9; background: var(--page); padding: 8px; }
.badge { display: inline-block; padding: 1px 8px; border-radius: 999px; background: #ecb22e; color: #2b1f00; font-size: 11px; font-weight: 700; white-space: nowrap; }
.tile { display: inline-grid; place-items: center; width: 36px; height: 36px; border-radius: 8px; color: #fff; font-weight: 700; font-size: 14px; flex: none; }
.tile.small { width: 26px; height: 26px; border-radius: 6px; font-size: 11px; }
.app-tile { background: linear-gradient(135deg, #f4a340, #c2410c); }
.c0 { background: #8b3a62; } .c1 { background: #1f6f8b; } .c2 { background: #3f7d20; } .c3 { background: #a0522d; }
.c4 { background: #5b4b9a; } .c5 { background: #0f766e; } .c6 { background: #b0413e; } .c7 { background: #46628c; }
.c8 { background: #7a6118; } .c9 { background: #86398f; } .c10 { background: #2e6b4f; } .c11 { background: #9a3b5e; }

.client { display: grid; grid-template-columns: 64px 260px minmax(0, 1fr); height: 100dvh; }
.rail { background: var(--rail); display: flex; flex-direction: column; gap: 12px; align-items: center; padding: 14px 0; overflow-y: auto; }
.rail a { border-radius: 11px; padding: 3px; text-decoration: none; line-height: 0; }
.rail .tile { line-height: 1; }
.rail a[aria-current] { box-shadow: 0 0 0 2px #fff; }
.sidebar { background: var(--side); color: var(--side-text); display: flex; flex-direction: column; min-height: 0; }
.sidebar header { padding: 13px 16px 11px; border-bottom: 1px solid rgb(255 255 255 / 12%); }
.sidebar h1 { font-size: 18px; color: var(--side-strong); margin-bottom: 4px; }
.filter { padding: 10px 12px 4px; }
.filter input { width: 100%; padding: 6px 10px; border-radius: 6px; border: 1px solid rgb(255 255 255 / 25%); background: rgb(255 255 255 / 12%); color: #fff; font: inherit; font-size: 14px; }
.filter input::placeholder { color: var(--side-text); }
#channels { overflow-y: auto; padding: 4px 8px 16px; }
.sidebar section h2 { font-size: 13px; font-weight: 600; padding: 10px 8px 4px; }
.sidebar ul { list-style: none; margin: 0; padding: 0; }
.sidebar li a { display: flex; gap: 8px; justify-content: space-between; padding: 3px 8px; border-radius: 6px; color: inherit; text-decoration: none; }
.sidebar li a .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sidebar li a:hover { background: rgb(255 255 255 / 10%); }
.sidebar li a.busy { color: var(--side-strong); font-weight: 600; }
.sidebar li a[aria-current] { background: var(--side-here); color: #fff; }
.count { font-size: 12px; font-weight: 600; padding: 0 7px; border-radius: 999px; background: rgb(255 255 255 / 18%); align-self: center; }
.sigil { display: inline-block; min-width: 18px; margin-right: 3px; opacity: .75; font-weight: 400; font-size: .9em; }
.hint { padding: 4px 8px; font-size: 13px; }

.main { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
.channel-head { display: flex; gap: 12px; align-items: center; padding: 9px 20px; border-bottom: 1px solid var(--line); min-height: 56px; }
.channel-head > div { min-width: 0; flex: 1; }
.channel-head h2 { font-size: 17px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.topic { color: var(--muted); font-size: 13px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.presence { display: flex; flex-direction: column; align-items: flex-end; color: var(--muted); font-size: 12px; white-space: nowrap; }
.back { display: none; font-size: 30px; line-height: 1; text-decoration: none; padding: 0 8px; }
.scroller { flex: 1; overflow-y: auto; display: flex; flex-direction: column; }
.messages { margin-top: auto; padding: 12px 0 20px; }
.day { display: flex; align-items: center; justify-content: center; margin: 14px 0 6px; position: relative; }
.day::before { content: ""; position: absolute; inset: 50% 0 auto; border-top: 1px solid var(--line); }
.day span { position: relative; background: var(--page); border: 1px solid var(--line); border-radius: 999px; padding: 2px 14px; font-size: 13px; font-weight: 700; }
.message { display: flex; gap: 10px; padding: 7px 20px; }
.message:hover { background: var(--raised); }
.message.is-target { background: var(--target); box-shadow: inset 3px 0 #ecb22e; }
.message-body { min-width: 0; flex: 1; }
.message-head { line-height: 1.3; }
.message-head b { font-weight: 800; }
.app-mark { margin-left: 6px; padding: 0 4px; border-radius: 3px; background: light-dark(#e4e3e5, #33373c); color: var(--muted); font-size: 10px; font-weight: 700; vertical-align: 1px; }
.when { margin-left: 8px; color: var(--muted); font-size: 12px; text-decoration: none; }
.when:hover { text-decoration: underline; }
.message-text { overflow-wrap: anywhere; }
.message-text code { color: var(--code); background: var(--raised); border: 1px solid var(--line); border-radius: 3px; padding: 1px 3px; font-size: 12.5px; }
.message-text pre { background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: 8px; margin: 4px 0; overflow-x: auto; font-size: 12.5px; white-space: pre-wrap; }
.message-text blockquote { margin: 2px 0; padding-left: 12px; border-left: 4px solid var(--line); }
.mention { background: light-dark(#e0f0fb, #17344a); color: var(--link); border-radius: 3px; padding: 0 3px; }
.thread { margin-left: 64px; border-left: 2px solid var(--line); }
.thread .message { padding: 5px 20px 5px 12px; }
.thread .avatar { width: 26px; height: 26px; font-size: 11px; border-radius: 6px; }
.thread-count { padding: 0 12px; font-size: 12px; font-weight: 700; color: var(--link); }
.blocks { display: flex; flex-direction: column; gap: 8px; max-width: 640px; }
.blocks hr { width: 100%; border: 0; border-top: 1px solid var(--line); margin: 2px 0; }
.block-header { font-size: 18px; line-height: 1.3; }
.block-section { display: flex; gap: 16px; justify-content: space-between; }
.block-section > div:first-child { min-width: 0; flex: 1; }
.block-fields { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 6px 16px; }
.block-context { display: flex; flex-wrap: wrap; gap: 4px 10px; color: var(--muted); font-size: 13px; }
.block-actions { display: flex; flex-wrap: wrap; gap: 8px; }
.block-button { display: inline-block; padding: 4px 12px; border: 1px solid var(--line); border-radius: 5px; font-weight: 700; font-size: 13px; color: inherit; text-decoration: none; }
.block-picture, .block-other { display: inline-block; padding: 4px 10px; background: var(--raised); border: 1px dashed var(--line); border-radius: 5px; color: var(--muted); font-size: 13px; }
.attachment { margin-top: 4px; padding: 2px 0 2px 12px; border-left: 4px solid var(--line); }
.empty { text-align: center; color: var(--muted); padding: 40px 20px; }
.empty-mark { font-size: 56px; line-height: 1; opacity: .4; }
.bar-note { margin: 0 20px 16px; padding: 10px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); color: var(--muted); }

@media (max-width: 719px) {
  .client { grid-template-columns: minmax(0, 1fr); }
  .rail, .sidebar { display: none; }
  .back { display: block; }
  .presence { display: none; }
  .channel-head { padding: 9px 12px; }
  .message { padding: 7px 12px; }
  .thread { margin-left: 28px; }
  .show-list .client { grid-template-columns: 64px minmax(0, 1fr); }
  .show-list .rail, .show-list .sidebar { display: flex; }
  .show-list .main { display: none; }
  .sidebar li a { padding: 9px 8px; }
}
`;
