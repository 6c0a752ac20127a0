// The list of messages of the channel in front.
import { $, fill, h, icon } from './dom.js';
import { atUnix, dayLine } from './dates.js';
import { messageNode } from './message.js';
import { channelMessages, store } from './store.js';

const GROUPED = 5 * 60; // seconds in which plain lines of one person need no second byline

export function drawStream() {
  const list = $('stream');
  const stay = list.scrollHeight - list.scrollTop - list.clientHeight > 160 && list.dataset.shown === store.current;
  const top = list.scrollTop;
  list.dataset.shown = store.current;
  fill(list, h('div', { class: 'pusher' }), nodes(channelMessages(store.current)));
  list.scrollTop = stay ? top : list.scrollHeight;
}

// When the window, the log or the text box changes size, the newest message stays in view.
export function keepAtEnd() {
  const list = $('stream');
  let atEnd = true;
  list.addEventListener('scroll', () => { atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 160; });
  new ResizeObserver(() => { if (atEnd && list.dataset.shown !== 'home') list.scrollTop = list.scrollHeight; }).observe(list);
}

function nodes(messages) {
  if (!messages.length) return [empty()];
  const out = [];
  let before = null;
  for (const m of messages) {
    const day = dayLine(atUnix(m.ts));
    if (!before || dayLine(atUnix(before.ts)) !== day) { out.push(h('div', { class: 'day' }, h('span', {}, day))); before = null; }
    out.push(messageNode(m, { compact: follows(before, m) }));
    before = m;
  }
  return out;
}

const isPlain = (m) => !m.blocks?.length && !m.attachments?.length && !m.visible_to && !m.broadcast && m.subtype !== 'tombstone';
const follows = (a, b) => !!a && isPlain(a) && isPlain(b) && a.user === b.user && !a.reply_count && Number(b.ts) - Number(a.ts) < GROUPED;

function empty() {
  const channel = store.channels.get(store.current);
  return h('div', { class: 'empty' }, h('span', { class: 'empty-icon' }, icon('bell', 30)),
    h('h2', {}, channel ? (channel.im_with ? store.bot.real_name : `#${channel.name}`) : 'Nothing here'),
    h('p', {}, store.samples.length ? 'All quiet. Send a sample from the left and watch it arrive.' : 'All quiet. New messages appear here by themselves.'));
}

// After one message changed: only its node is drawn anew, so that the rest stands still.
export function redrawMessage(m, { isNew }) {
  const list = $('stream');
  const old = list.querySelector(`[data-ts="${CSS.escape(m.ts)}"]`);
  if (isNew || m.deleted || !old) { drawStream(); if (isNew) mark(list, m.ts, 'fresh'); return; }
  const node = messageNode(m, { compact: old.classList.contains('compact') && isPlain(m) });
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 160;
  old.replaceWith(node);
  mark(list, m.ts, 'changed');
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function mark(list, ts, kind) {
  list.querySelector(`[data-ts="${CSS.escape(ts)}"]`)?.classList.add(kind);
}
