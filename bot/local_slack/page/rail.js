// The left rail: workspace, channels, the app, samples, and whom the reader acts as.
import { $, fill, h, icon } from './dom.js';
import { act } from './api.js';
import { avatar } from './avatar.js';
import { zone } from './dates.js';
import { actAs, people, store, visibleChannels } from './store.js';

export function drawRail() {
  const channels = visibleChannels().filter((c) => !c.im_with).sort((a, b) => a.name.localeCompare(b.name));
  const dm = visibleChannels().find((c) => c.im_with === store.me);
  fill($('rail'),
    h('div', { class: 'team' }, h('span', { class: 'team-mark' }, icon('bell', 17)), h('div', {}, h('b', {}, store.team.name), h('small', { data: { testid: 'app-link' } }, link()))),
    h('div', { class: 'scroll' },
      h('h4', {}, 'Channels'), channels.map(channelLink),
      h('h4', {}, 'Apps'),
      item({ href: '#home', id: 'home', label: store.bot.real_name, mark: avatar(store.bot.id, 20), testid: 'app-home', note: 'Home' }),
      dm ? item({ href: `#${dm.id}`, id: dm.id, label: 'Messages', mark: icon('reply', 16), unread: store.unread.get(dm.id) }) : null,
      samples()),
    h('div', { class: 'me' }, h('h4', { title: 'All times are in this zone' }, 'Act as', h('small', { data: { testid: 'zone' } }, zone() || '')), h('div', { class: 'faces', role: 'radiogroup', 'aria-label': 'Act as' }, people().map(face))));
}

function link() {
  const up = store.sockets || store.overHttp;
  return [h('i', { class: up ? 'up' : 'down' }), store.sockets ? 'App connected by socket' : up ? 'App reached over HTTP' : 'Waiting for the app'];
}

function channelLink(c) {
  return item({ href: `#${c.id}`, id: c.id, label: c.name, mark: icon(c.is_private ? 'lock' : 'hash', 16), unread: store.unread.get(c.id), dim: c.archived, data: { channel: c.name } });
}

function item({ href, id, label, mark, unread, note, dim, testid, data }) {
  const on = store.current === id;
  return h('a', { href, class: `item${on ? ' on' : ''}${unread ? ' unread' : ''}${dim ? ' dim' : ''}`, 'aria-current': on ? 'page' : null, data: { testid: testid || '', ...data }, onclick: () => document.body.classList.remove('rail-open') },
    mark, h('span', { class: 'label' }, label), note ? h('small', {}, note) : null, unread ? h('span', { class: 'count' }, String(unread)) : null);
}

function samples() {
  if (!store.samples.length) return null;
  return h('section', { class: 'samples', data: { testid: 'samples' } }, h('h4', {}, 'Send a sample'), store.samples.map((one) => {
    const button = h('button', { type: 'button', data: { sample: one.name }, onclick: async () => {
      button.disabled = true;
      document.body.classList.remove('rail-open');
      await act('sample', { name: one.name });
      button.disabled = false;
    } }, icon('play', 11), one.title);
    return button;
  }));
}

function face(user) {
  const on = user.id === store.me;
  return h('button', { type: 'button', role: 'radio', 'aria-checked': String(on), class: on ? 'on' : '', title: `Act as ${user.real_name}`, data: { testid: `act-as-${user.name}` }, onclick: () => {
    actAs(user.id);
    const here = store.channels.get(store.current);
    if (here && here.im_with) location.hash = 'home';
    document.dispatchEvent(new Event('redraw'));
  } }, avatar(user.id, 26), h('span', {}, user.real_name.split(' ')[0]));
}
