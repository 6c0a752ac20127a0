// The page's start: load the state, listen for news, and draw what is in front.
import { $, fill } from './dom.js';
import { act, loadState } from './api.js';
import { composer } from './composer.js';
import { refreshDates } from './dates.js';
import { drawHead } from './head.js';
import { drawHome } from './home.js';
import { drawLog, logged } from './log.js';
import { drawModal, watchModal } from './modal.js';
import { drawRail } from './rail.js';
import { drawStream, keepAtEnd, redrawMessage } from './stream.js';
import { drawThread, openThread } from './thread.js';
import { isMine, load, put, store, visibleChannels } from './store.js';
import { toast } from './toast.js';

function redraw() {
  drawRail(); drawHead(); drawLog(); drawComposer(); drawThread(); drawModal();
  if (store.current === 'home') drawHome(); else drawStream();
}

function drawComposer() {
  const foot = $('composer');
  const channel = store.channels.get(store.current);
  foot.hidden = !channel;
  if (!channel) { fill(foot); return; }
  const name = channel.im_with ? store.bot.real_name : `#${channel.name}`;
  fill(foot, composer({
    placeholder: `Message ${name}, or / for commands`, testid: 'slash-box', commands: true,
    disabled: channel.archived ? 'This channel is archived.' : '',
    send: (text) => act(text.startsWith('/') ? 'command' : 'say', { text, channel: channel.id }),
  }));
}

function route() {
  const [where, ts] = decodeURIComponent(location.hash.slice(1)).split('/');
  const first = visibleChannels().find((c) => c.name === 'alarms') || visibleChannels()[0];
  const before = store.current;
  store.current = where === 'home' || store.channels.has(where) ? where : first?.id || 'home';
  store.unread.delete(store.current);
  document.body.dataset.channel = store.channels.get(store.current)?.name || store.current;
  if (store.current === 'home' && before !== 'home') act('home');
  redraw();
  if (ts) openThread(store.current, ts);
}

const NEWS = {
  message(m) {
    const known = put(m);
    const isNew = !known && !m.deleted;
    if (!isMine(m)) return;
    if (isNew && m.channel !== store.current && !m.is_reply && m.user !== store.me) {
      store.unread.set(m.channel, (store.unread.get(m.channel) || 0) + 1);
      drawRail();
    }
    if (m.channel === store.current && (!m.is_reply || m.broadcast)) redrawMessage(m, { isNew });
    if (store.thread && store.thread.channel === m.channel && [m.ts, m.thread_ts].includes(store.thread.ts)) drawThread();
  },
  channel(c) { store.channels.set(c.id, c); drawRail(); drawHead(); if (c.id === store.current) drawComposer(); },
  views({ user, views }) { store.views[user] = views; if (user === store.me) drawModal(); },
  home({ user, view }) { store.homes[user] = view; if (user === store.me && store.current === 'home') drawHome(); },
  notice({ user, text }) { if (user === store.me) toast(text, 'bad'); },
  sockets({ count }) { store.sockets = count; drawRail(); },
  request: logged,
  reset: () => start(),
};

function listen() {
  const news = new EventSource('/control/stream');
  let wasLost = false;
  news.onmessage = (e) => { const { kind, data } = JSON.parse(e.data); NEWS[kind]?.(data); };
  news.onerror = () => { wasLost = true; document.body.classList.add('offline'); };
  news.onopen = async () => {
    document.body.classList.remove('offline');
    if (wasLost) { wasLost = false; await start(); }
  };
  return new Promise((resolve) => { news.addEventListener('open', resolve, { once: true }); });
}

async function start() {
  load(await loadState());
  document.title = `${store.team.name} · Local Slack`;
  route();
}

document.addEventListener('redraw', redraw);
document.addEventListener('log', () => { drawLog(); drawHead(); });
document.addEventListener('thread', (e) => openThread(e.detail.channel, e.detail.ts));
addEventListener('hashchange', route);
$('scrim').addEventListener('click', () => document.body.classList.remove('rail-open'));
setInterval(() => refreshDates(document), 15000);
watchModal();
keepAtEnd();
await listen();
await start();
document.body.dataset.ready = 'yes';
