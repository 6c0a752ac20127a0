// The modal in front of the person whom the reader acts as.
import { $, fill, h, icon } from './dom.js';
import { act } from './api.js';
import { avatar } from './avatar.js';
import { blocks } from './blocks.js';
import { flat, textNodes } from './mrkdwn.js';
import { stackOf, store } from './store.js';

export function drawModal() {
  const dialog = $('modal');
  const stack = stackOf(store.me);
  const view = stack.at(-1);
  if (!view) { if (dialog.open) dialog.close(); dialog.dataset.view = ''; store.drafts.clear(); return; }
  const isNew = dialog.dataset.view !== view.id;
  const focus = document.activeElement?.id;
  const top = dialog.querySelector('.content')?.scrollTop || 0;
  dialog.dataset.view = view.id;
  fill(dialog, sheet(view, stack.length));
  if (!dialog.open) dialog.showModal();
  if (!isNew) { dialog.querySelector('.content').scrollTop = top; if (focus) document.getElementById(focus)?.focus(); }
  else dialog.querySelector('.content input, .content textarea, .content select, footer .primary')?.focus({ preventScroll: true });
}

function sheet(view, depth) {
  const place = { where: 'modal', view: view.id, state: view.state?.values, errors: view.errors || {}, keep: () => act('fill', { values: values(view) }) };
  const send = h('button', { type: 'submit', class: 'btn primary', data: { testid: 'modal-submit' } }, view.submit ? textNodes(view.submit) : 'Submit');
  return h('form', { class: 'sheet', novalidate: true, onsubmit: async (e) => {
    e.preventDefault();
    send.classList.add('busy');
    await act('submit', { values: values(view) });
    send.classList.remove('busy');
  } },
  h('header', {}, avatar(store.bot.id, 30), h('h2', {}, flat(view.title?.text)), depth > 1 ? h('span', { class: 'depth' }, `${depth} of 3`) : null,
    h('button', { type: 'button', class: 'plain', 'aria-label': 'Close', onclick: () => act('close') }, icon('close'))),
  h('div', { class: 'content' }, blocks(view.blocks, place)),
  h('footer', {}, h('button', { type: 'button', class: 'btn', data: { testid: 'modal-close' }, onclick: () => act('close') }, view.close ? textNodes(view.close) : 'Cancel'),
    view.submit ? send : null));
}

// Drafts of this view, by block, for blocks that are still there.
function values(view) {
  const there = new Set(view.blocks.map((b) => b.block_id));
  const mine = [...store.drafts].filter(([id, d]) => id.startsWith(`${view.id}|`) && there.has(d.block));
  return Object.fromEntries(mine.map(([, d]) => [d.block, d.choice]));
}

export function watchModal() {
  $('modal').addEventListener('cancel', (e) => { e.preventDefault(); act('close'); });
}
