// The thread pane on the right.
import { $, fill, h, icon } from './dom.js';
import { act } from './api.js';
import { composer } from './composer.js';
import { messageNode } from './message.js';
import { store, threadMessages } from './store.js';

export function openThread(channel, ts) {
  store.thread = { channel, ts };
  drawThread();
}

export function closeThread() {
  store.thread = null;
  drawThread();
}

export function drawThread() {
  const pane = $('thread');
  const shown = store.thread;
  pane.hidden = !shown;
  document.body.classList.toggle('has-thread', !!shown);
  if (!shown) { fill(pane); return; }
  const [parent, ...replies] = threadMessages(shown.channel, shown.ts);
  if (!parent) { closeThread(); return; }
  const channel = store.channels.get(shown.channel);
  const id = `${shown.channel}/${shown.ts}`;
  if (pane.dataset.shown !== id || !pane.querySelector('.thread-list')) {
    pane.dataset.shown = id;
    fill(pane, h('header', {}, h('div', {}, h('h2', {}, 'Thread'), h('small', {}, channel.im_with ? 'Direct message' : `#${channel.name}`)),
      h('button', { type: 'button', class: 'plain', 'aria-label': 'Close thread', onclick: closeThread }, icon('close'))),
    h('div', { class: 'thread-list' }),
    composer({ placeholder: 'Reply…', testid: 'thread-box', send: (text) => act('say', { text, channel: shown.channel, thread_ts: shown.ts }) }));
  }
  const list = pane.querySelector('.thread-list');
  fill(list, messageNode(parent, { inThread: true }),
    replies.length ? h('div', { class: 'day left' }, h('span', {}, replies.length === 1 ? '1 reply' : `${replies.length} replies`)) : null,
    replies.map((m) => messageNode(m, { inThread: true })));
  list.scrollTop = list.scrollHeight;
}
