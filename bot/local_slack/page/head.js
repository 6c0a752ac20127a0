// The line above the messages: where we are, and the switch of the request log.
import { $, fill, h, icon } from './dom.js';
import { act } from './api.js';
import { avatar } from './avatar.js';
import { closePopup, popup } from './popup.js';
import { store } from './store.js';

export function drawHead() {
  const channel = store.channels.get(store.current);
  fill($('head'),
    h('button', { type: 'button', class: 'plain burger', 'aria-label': 'Channels', onclick: () => document.body.classList.add('rail-open') }, icon('menu')),
    channel ? title(channel) : h('div', { class: 'title' }, h('h1', {}, avatar(store.bot.id, 24), store.bot.real_name), h('small', {}, 'App Home')),
    h('div', { class: 'buttons' }, channel && !channel.im_with ? channelMenu(channel) : null, logSwitch()));
}

function title(c) {
  return h('div', { class: 'title' },
    h('h1', {}, c.im_with ? avatar(store.bot.id, 24) : icon(c.is_private ? 'lock' : 'hash', 18), c.im_with ? store.bot.real_name : c.name),
    c.archived ? h('small', { class: 'archived' }, 'archived') : h('small', {}, c.topic || ''));
}

function channelMenu(c) {
  const isIn = c.members.includes(store.bot.id);
  const entry = (label, run) => h('button', { type: 'button', role: 'menuitem', onclick: () => { closePopup(); run(); } }, label);
  const node = h('button', { type: 'button', class: 'ghost', title: 'Members and channel settings', 'aria-haspopup': 'menu', onclick: () => popup(node,
    entry(isIn ? `Remove ${store.bot.real_name} from #${c.name}` : `Invite ${store.bot.real_name} to #${c.name}`, () => act(isIn ? 'kick' : 'invite', { channel: c.id })),
    entry(c.archived ? `Unarchive #${c.name}` : `Archive #${c.name}`, () => act('archive', { channel: c.id, archived: !c.archived }))) },
  icon('people', 17), String(c.members.length));
  return node;
}

function logSwitch() {
  const bad = store.badRequests;
  return h('button', { type: 'button', class: `ghost${store.logOpen ? ' on' : ''}`, 'aria-expanded': String(store.logOpen), data: { testid: 'log-switch' }, title: 'Every request in both directions', onclick: () => {
    store.logOpen = !store.logOpen;
    document.dispatchEvent(new Event('log'));
  } }, icon('activity', 17), h('span', { class: 'wide' }, 'Requests'), bad ? h('span', { class: 'count bad' }, String(bad)) : null);
}
