// The request log: both directions, newest first; what failed or came late is red.
import { $, fill, h, icon } from './dom.js';
import { atUnix, clockSecs } from './dates.js';
import { store } from './store.js';

const SHOWN = 200;

export function drawLog() {
  const pane = $('log');
  pane.hidden = !store.logOpen;
  if (!store.logOpen) { fill(pane); return; }
  const open = new Set([...pane.querySelectorAll('details[open]')].map((d) => d.dataset.id));
  const top = pane.querySelector('.rows')?.scrollTop || 0;
  const entries = store.log.filter((e) => store.logFilter === 'all' || e.bad).slice(-SHOWN).reverse();
  fill(pane, h('header', {}, h('h2', {}, 'Requests'), h('div', { class: 'segmented' }, tab('all', 'All'), tab('bad', 'Failed')),
    h('span', { class: 'legend' }, h('b', {}, '→'), ' app calls Slack ', h('b', {}, '←'), ' Slack calls app'),
    h('button', { type: 'button', class: 'plain', 'aria-label': 'Close log', onclick: () => { store.logOpen = false; document.dispatchEvent(new Event('log')); } }, icon('close'))),
  h('div', { class: 'rows' }, entries.length ? entries.map((e) => row(e, open)) : h('p', { class: 'hint none' }, 'No requests yet.')));
  pane.querySelector('.rows').scrollTop = top;
}

function tab(name, label) {
  return h('button', { type: 'button', class: store.logFilter === name ? 'on' : '', onclick: () => { store.logFilter = name; drawLog(); } }, label);
}

function row(e, open) {
  const details = h('details', { class: e.bad ? 'bad' : '', data: { id: String(e.id), method: e.method, status: String(e.status), testid: 'request' }, open: open.has(String(e.id)) },
    h('summary', {},
      h('time', {}, clockSecs(atUnix(e.at))),
      h('span', { class: `way ${e.direction}`, title: e.direction === 'in' ? 'app → Slack' : 'Slack → app' }, e.direction === 'in' ? '→' : '←'),
      h('span', { class: 'method' }, e.method), h('span', { class: 'about' }, about(e)),
      h('span', { class: `status ${kind(e)}` }, status(e)),
      h('span', { class: `took${e.late || e.seconds > 2 ? ' slow' : ''}` }, took(e.seconds))));
  const body = () => { if (!details.querySelector('pre')) details.append(h('pre', {}, note(e), JSON.stringify(e.args, null, 2))); };
  if (details.open) body();
  details.addEventListener('toggle', () => details.open && body());
  return details;
}

const took = (seconds) => (seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`);
const kind = (e) => (e.bad ? 'bad' : e.status >= 300 ? 'warn' : 'good');

function status(e) {
  if (e.late) return 'late ack';
  if (e.error) return e.status ? `${e.status} ${e.error}` : e.error;
  return e.via === 'socket' ? 'acked' : String(e.status);
}

function note(e) {
  const parts = [];
  if (e.direction === 'out') parts.push(e.via === 'socket' ? 'over the socket' : 'over HTTP, signed v0');
  if (e.fault) parts.push(`planned fault: ${e.fault}`);
  return parts.length ? `// ${parts.join(', ')}\n` : '';
}

function about(e) {
  const a = e.args || {};
  const channel = store.channels.get(a.channel || a.channel_id)?.name || a.channel?.name || '';
  const words = a.text || a.actions?.[0]?.action_id || a.view?.callback_id || a.name || '';
  return [channel && `#${channel}`, typeof words === 'string' ? words : ''].filter(Boolean).join(' ').slice(0, 120);
}

let planned = false;

export function logged(entry) {
  store.log.push(entry);
  if (store.log.length > 1000) store.log.splice(0, 200);
  if (entry.bad) store.badRequests += 1;
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => { planned = false; document.dispatchEvent(new Event('log')); });
}
