// Interactive elements. In messages and homes a change is told at once; in a modal's inputs it
// is kept as a draft until the form is submitted (or told as well, with dispatch_action).
import { h, icon, safeUrl } from './dom.js';
import { act } from './api.js';
import { asPicked, unixOf } from './dates.js';
import { confirmed } from './confirm.js';
import { flat, textNodes } from './mrkdwn.js';
import { multi } from './multi.js';
import { overflow } from './overflow.js';
import { people, store, visibleChannels } from './store.js';

export function element(block, e, place) {
  const draw = Object.hasOwn(DRAW, e.type) ? DRAW[e.type] : () => h('span', { class: 'unknown' }, `[${e.type}]`);
  const node = draw({ block, e, place, set: (choice) => changed(block, e, place, choice) });
  node.dataset.action = e.action_id || '';
  return node;
}

const draftKey = (place, block, e) => `${place.view}|${block.block_id}|${e.action_id}`;

async function changed(block, e, place, choice) {
  if (place.inInput) store.drafts.set(draftKey(place, block, e), { block: block.block_id, choice });
  if (!place.inInput || place.dispatches) await press(block, e, place, choice);
}

export async function press(block, e, place, choice = null) {
  if (e.confirm && !(await confirmed(e.confirm))) return { ok: false };
  if (place.where === 'modal' && place.keep) await place.keep();
  return act('click', { what: e.action_id, block: block.block_id, choice, where: place.where, on: place.on, channel: place.channel });
}

// What it holds: the draft, else what Slack remembers, else the initial value.
function held(block, e, place, key, initial) {
  const draft = store.drafts.get(draftKey(place, block, e));
  if (draft) return draft.choice;
  const kept = place.state?.[block.block_id]?.[e.action_id]?.[key];
  return kept !== undefined && kept !== null ? plain(kept) : plain(e[initial]);
}

const plain = (v) => (Array.isArray(v) ? v.map(plain) : v && typeof v === 'object' ? v.value : v);
const placeholder = (e) => flat(e.placeholder?.text || '');

function button({ block, e, place }) {
  const node = h('button', {
    type: 'button', class: `btn ${e.style || ''}`, 'aria-label': e.accessibility_label,
    onclick: async () => {
      if (safeUrl(e.url)) window.open(e.url, '_blank', 'noopener');
      node.classList.add('busy');
      const answer = await press(block, e, place);
      node.classList.remove('busy');
      if (answer.delivery && !answer.delivery.ok) node.classList.add('failed');
    },
  }, textNodes(e.text));
  return node;
}

function typed({ block, e, place, set }, type) {
  const value = held(block, e, place, 'value', 'initial_value') ?? '';
  const common = { id: place.id, class: 'field', placeholder: placeholder(e), oninput: (ev) => set.call(null, ev.target.value) };
  if (place.dispatches) { delete common.oninput; common.onchange = (ev) => set(ev.target.value); }
  const node = e.multiline ? h('textarea', { ...common, rows: '4' }) : h('input', { ...common, type });
  if (e.max_length) node.maxLength = e.max_length;
  if (type === 'number') Object.assign(node, { step: e.is_decimal_allowed ? 'any' : '1', min: e.min_value ?? '', max: e.max_value ?? '' });
  node.value = value;
  return node;
}

function choices(e) {
  if (e.type.includes('users')) return people().map((u) => ({ value: u.id, label: u.real_name }));
  if (e.type.includes('channels') || e.type.includes('conversations')) {
    return visibleChannels().filter((c) => !c.im_with && !c.archived).map((c) => ({ value: c.id, label: `#${c.name}` }));
  }
  const groups = e.option_groups || [{ options: e.options || [] }];
  return groups.flatMap((g) => g.options.map((o) => ({ value: o.value, label: flat(o.text.text), group: g.label ? flat(g.label.text) : '' })));
}

const ONE = { users_select: ['selected_user', 'initial_user'], channels_select: ['selected_channel', 'initial_channel'],
  conversations_select: ['selected_conversation', 'initial_conversation'] };
const MANY = { multi_users_select: ['selected_users', 'initial_users'], multi_channels_select: ['selected_channels', 'initial_channels'],
  multi_conversations_select: ['selected_conversations', 'initial_conversations'] };

function select({ block, e, place, set }) {
  const now = held(block, e, place, ...(ONE[e.type] || ['selected_option', 'initial_option']));
  const node = h('select', { id: place.id, class: 'field select', 'aria-label': place.inInput ? null : placeholder(e) || 'Choose', onchange: async () => {
    if (node.value === '') return;
    if (e.confirm && !(await confirmed(e.confirm))) { node.value = now ?? ''; return; }
    set.call(null, node.value);
  } }, h('option', { value: '', disabled: !place.inInput, selected: !now }, placeholder(e) || 'Choose…'));
  const groups = new Map();
  for (const c of choices(e)) {
    const option = h('option', { value: c.value, selected: c.value === now }, c.label);
    if (!c.group) { node.append(option); continue; }
    if (!groups.has(c.group)) { groups.set(c.group, h('optgroup', { label: c.group })); node.append(groups.get(c.group)); }
    groups.get(c.group).append(option);
  }
  return h('span', { class: 'select-wrap' }, node);
}

function manySelect({ block, e, place, set }) {
  const now = held(block, e, place, ...(MANY[e.type] || ['selected_options', 'initial_options'])) || [];
  return multi({ id: place.id, options: choices(e), chosen: now, placeholder: placeholder(e) || 'Choose…', most: e.max_selected_items, set });
}

function boxes({ block, e, place, set }, type) {
  const many = type === 'checkbox';
  const now = held(block, e, place, many ? 'selected_options' : 'selected_option', many ? 'initial_options' : 'initial_option');
  const name = `g-${place.view || place.on}-${block.block_id}-${e.action_id}`;
  const node = h('div', { class: 'boxes', role: many ? 'group' : 'radiogroup' }, e.options.map((o) => {
    const box = h('input', { type, name, value: o.value, checked: many ? (now || []).includes(o.value) : now === o.value, onchange: () => {
      const picked = [...node.querySelectorAll('input:checked')].map((x) => x.value);
      set(many ? picked : picked[0]);
    } });
    return h('label', {}, box, h('span', {}, textNodes(o.text), o.description ? h('small', {}, textNodes(o.description)) : null));
  }));
  return node;
}

function picker({ block, e, place, set }, type, key, initial) {
  const now = held(block, e, place, key, initial);
  const node = h('input', { id: place.id, type, class: 'field short', 'aria-label': place.inInput ? null : placeholder(e) || type,
    onchange: () => node.value && set(type === 'datetime-local' ? unixOf(node.value) : node.value) });
  node.value = type === 'datetime-local' && now ? asPicked(now) : now || '';
  return node;
}

function external({ block, e, place, set }) {
  const list = h('datalist', { id: `list-${block.block_id}-${e.action_id}` });
  const found = new Map();
  const node = h('input', { id: place.id, class: 'field', list: list.id, placeholder: placeholder(e), oninput: async () => {
    if (found.has(node.value)) { set(found.get(node.value)); return; }
    if (node.value.length < (e.min_query_length ?? 3)) return;
    const { options } = await act('suggest', { what: e.action_id, typed: node.value });
    for (const o of options || []) found.set(o.text.text, o);
    list.replaceChildren(...[...found.keys()].map((value) => h('option', { value })));
  } });
  const kept = e.initial_option;
  if (kept) node.value = kept.text.text;
  return h('span', { class: 'external' }, node, list);
}

const DRAW = {
  button,
  workflow_button: button,
  overflow: ({ block, e, place }) => overflow(e, (choice) => press(block, e, place, choice)),
  static_select: select, users_select: select, channels_select: select, conversations_select: select,
  external_select: external, multi_external_select: external,
  multi_static_select: manySelect, multi_users_select: manySelect, multi_channels_select: manySelect, multi_conversations_select: manySelect,
  radio_buttons: (x) => boxes(x, 'radio'), checkboxes: (x) => boxes(x, 'checkbox'),
  datepicker: (x) => picker(x, 'date', 'selected_date', 'initial_date'),
  timepicker: (x) => picker(x, 'time', 'selected_time', 'initial_time'),
  datetimepicker: (x) => picker(x, 'datetime-local', 'selected_date_time', 'initial_date_time'),
  plain_text_input: (x) => typed(x, 'text'), number_input: (x) => typed(x, 'number'),
  email_text_input: (x) => typed(x, 'email'), url_text_input: (x) => typed(x, 'url'),
  icon_button: ({ block, e, place }) => h('button', { type: 'button', class: 'btn', onclick: () => press(block, e, place) }, icon('trash', 15), ' ', textNodes(e.text)),
};
