// One message: who, when, what, and the line about its thread.
import { h, icon } from './dom.js';
import { act } from './api.js';
import { avatar } from './avatar.js';
import { attachments, blocks } from './blocks.js';
import { ago, atUnix, clock, full } from './dates.js';
import { emojiNode, flat, mrkdwn } from './mrkdwn.js';
import { find, store, threadMessages } from './store.js';

export function messageNode(m, { inThread = false, compact = false } = {}) {
  const user = store.users.get(m.user);
  const at = atUnix(m.ts);
  const place = { where: 'message', on: m.ts, channel: m.channel, state: m.state };
  const classes = ['message', m.visible_to && 'whisper', compact && 'compact', m.subtype === 'tombstone' && 'tombstone'];
  return h('article', { class: classes.filter(Boolean).join(' '), data: { ts: m.ts, channel: m.channel, testid: 'message' }, tabindex: '-1' },
    compact ? h('time', { class: 'gutter', title: full(at) }, clock(at)) : avatar(m.user),
    h('div', { class: 'column' },
      m.visible_to ? h('div', { class: 'only-you' }, icon('eye', 14), 'Only visible to you') : null,
      m.is_reply && m.broadcast && !inThread ? replied(m) : null,
      compact ? null : h('div', { class: 'byline' },
        h('span', { class: 'name' }, m.username || user?.real_name || m.user),
        user?.is_bot ? h('span', { class: 'app-badge' }, 'APP') : null,
        h('time', { title: full(at), datetime: at.toISOString() }, clock(at))),
      content(m, place),
      reactions(m), inThread || m.visible_to ? null : summary(m)),
    m.visible_to || m.subtype === 'tombstone' ? null : tools(m, inThread));
}

function content(m, place) {
  const showsText = !m.blocks?.length && m.text; // with blocks, Slack shows the text in notifications only
  const edited = m.edited ? h('span', { class: 'edited' }, ' (edited)') : null;
  return h('div', { class: 'content' },
    showsText ? h('div', { class: 'text' }, mrkdwn(m.text), edited) : null,
    blocks(m.blocks, place), attachments(m.attachments, place), files(m));
}

const openThread = (channel, ts) => document.dispatchEvent(new CustomEvent('thread', { detail: { channel, ts } }));

function files(m) {
  return (m.files || []).map((f) => (f.mimetype?.startsWith('image/')
    ? h('img', { class: 'picture', src: `/files/${f.id}`, alt: f.title }) : h('a', { class: 'file', href: `/files/${f.id}` }, f.title)));
}

function replied(m) {
  const parent = find(m.channel, m.thread_ts);
  return h('div', { class: 'replied' }, 'replied to a thread: ', h('button', { type: 'button', class: 'link', onclick: () => openThread(m.channel, m.thread_ts) }, cut(flat(parent?.text || 'this message'))));
}

const cut = (text, most = 90) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function reactions(m) {
  if (!m.reactions?.length) return null;
  return h('div', { class: 'reactions' }, m.reactions.map((r) => h('span', { class: 'reaction', title: r.users.map((u) => store.users.get(u)?.real_name || u).join(', ') },
    emojiNode(r.name) || `:${r.name}:`, ` ${r.count}`)));
}

function summary(m) {
  const replies = threadMessages(m.channel, m.ts).slice(1);
  if (!replies.length) return null;
  const faces = [...new Set(replies.map((r) => r.user))].slice(0, 4);
  return h('button', { type: 'button', class: 'thread-line', data: { testid: 'thread-summary' }, onclick: () => openThread(m.channel, m.ts) },
    faces.map((u) => avatar(u, 22)), h('b', {}, replies.length === 1 ? '1 reply' : `${replies.length} replies`),
    h('span', {}, `Last reply ${ago(atUnix(replies.at(-1).ts))}`));
}

function tools(m, inThread) {
  return h('div', { class: 'tools' },
    store.shortcuts.map((c) => h('button', { type: 'button', title: c.name, 'aria-label': c.name, data: { testid: 'shortcut' },
      onclick: () => act('shortcut', { what: c.callback_id, channel: m.channel, on: m.ts }) }, icon('note', 17))),
    inThread ? null : h('button', { type: 'button', title: 'Reply in thread', 'aria-label': 'Reply in thread', onclick: () => openThread(m.channel, m.thread_ts || m.ts) }, icon('reply', 17)),
    h('button', { type: 'button', title: 'Delete message', 'aria-label': 'Delete message', onclick: () => act('delete', { channel: m.channel, ts: m.ts }) }, icon('trash', 17)));
}
