// Block Kit as DOM. `place` says where blocks stand, so that elements know whom to tell:
// {where: 'message'|'modal'|'home', on, channel, view, state}.
import { h, safeUrl } from './dom.js';
import { chart } from './charts.js';
import { element } from './elements.js';
import { flat, mrkdwn, textNodes } from './mrkdwn.js';
import { richText } from './richtext.js';

export function blocks(list, place) {
  return (list || []).map((block) => {
    const draw = Object.hasOwn(DRAW, block.type) ? DRAW[block.type] : unknown;
    const node = draw(block, place);
    node.classList.add('block', `b-${block.type}`);
    if (block.block_id) node.dataset.block = block.block_id;
    return node;
  });
}

const DRAW = {
  header: (b) => h('h3', {}, textNodes(b.text)),
  section,
  divider: () => h('hr'),
  context: (b) => h('div', {}, b.elements.map((e) => (e.type === 'image' ? picture(e, 'tiny') : h('span', {}, textNodes(e))))),
  actions: (b, place) => h('div', {}, b.elements.map((e) => element(b, e, place))),
  image: (b) => h('figure', {}, b.title ? h('figcaption', {}, textNodes(b.title)) : null, picture(b)),
  input,
  rich_text: richText,
  table,
  data_table: (b) => h('figure', {}, h('figcaption', {}, b.caption), table(b)),
  data_visualization: chart,
  markdown: (b) => h('div', {}, markdown(b.text)),
  alert: (b) => h('div', { class: `alert ${b.level || 'default'}` }, textNodes(b.text)),
  card,
  carousel: (b, place) => h('div', {}, b.elements.map((e) => card(e, place))),
  container: (b, place) => h('details', { open: !b.default_collapsed },
    h('summary', {}, textNodes(b.title), b.subtitle ? h('small', {}, textNodes(b.subtitle)) : null), blocks(b.child_blocks, place)),
  video: (b) => h('div', {}, h('a', { href: safeUrl(b.title_url || b.video_url) }, textNodes(b.title))),
  file: (b) => h('div', {}, `File ${b.external_id}`),
};

const unknown = (b) => h('div', { class: 'unknown' }, `[${b.type} block]`);

function section(b, place) {
  return h('div', {},
    h('div', { class: 'body' },
      b.text ? h('div', { class: 'text' }, textNodes(b.text)) : null,
      b.fields ? h('div', { class: 'fields' }, b.fields.map((f) => h('div', {}, textNodes(f)))) : null),
    b.accessory ? h('div', { class: 'accessory' }, b.accessory.type === 'image' ? picture(b.accessory, 'thumb') : element(b, b.accessory, place)) : null);
}

function picture(e, size = '') {
  const src = e.slack_file?.id ? `/files/${encodeURIComponent(e.slack_file.id)}` : e.image_url || e.slack_file?.url;
  return h('img', { src: safeUrl(src) || (String(src).startsWith('/files/') ? src : ''), alt: e.alt_text, class: `picture ${size}`, loading: 'lazy', title: e.alt_text });
}

function input(b, place) {
  const error = place.errors?.[b.block_id];
  const id = `input-${b.block_id}`;
  return h('div', { class: error ? 'has-error' : '' },
    h('label', { class: 'label', for: id }, textNodes(b.label), b.optional ? h('span', { class: 'optional' }, ' (optional)') : null),
    element(b, b.element, { ...place, inInput: true, id, dispatches: b.dispatch_action }),
    error ? h('p', { class: 'error', role: 'alert' }, error) : null,
    b.hint ? h('p', { class: 'hint' }, textNodes(b.hint)) : null);
}

function table(b) {
  const settings = b.column_settings || [];
  const cell = (tag, c, i) => h(tag, { style: { textAlign: settings[i]?.align || '' } }, c.type === 'rich_text' ? richText(c) : c.text ?? String(c.value ?? ''));
  const [head, ...rest] = b.rows || [];
  return h('div', { class: 'table-wrap' }, h('table', {},
    head ? h('thead', {}, h('tr', {}, head.map((c, i) => cell('th', c, i)))) : null,
    h('tbody', {}, rest.map((row) => h('tr', {}, row.map((c, i) => cell('td', c, i)))))));
}

function card(b, place) {
  return h('div', { class: 'b-card' }, b.hero_image ? picture(b.hero_image) : null,
    b.title ? h('strong', {}, textNodes(b.title)) : null, b.subtitle ? h('div', { class: 'hint' }, textNodes(b.subtitle)) : null,
    b.body ? h('div', {}, textNodes(b.body)) : null, b.subtext ? h('small', {}, textNodes(b.subtext)) : null,
    b.actions ? h('div', { class: 'b-actions' }, b.actions.map((e) => element(b, e, place))) : null);
}

// Standard Markdown, as far as bots use it: headings, lists, and inline styles.
function markdown(text) {
  return String(text).split('\n').map((line) => {
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    const bullet = /^\s*[-*+]\s+(.*)$/.exec(line);
    const words = (heading || bullet)?.[1] ?? line;
    const slackish = words.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
      .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, '<$2|$1>').replace(/\*\*(.+?)\*\*/g, '*$1*').replace(/~~(.+?)~~/g, '~$1~');
    return h(heading ? 'h4' : 'div', { class: bullet ? 'bullet' : '' }, mrkdwn(slackish));
  });
}

export function attachments(list, place) {
  return (list || []).map((a) => {
    const named = { good: 'var(--good)', warning: 'var(--warn)', danger: 'var(--bad)' }[a.color];
    const colour = named || (/^#?[0-9a-f]{3,8}$/i.test(a.color || '') ? `#${a.color.replace('#', '')}` : 'var(--line-strong)');
    const bar = h('span', { class: 'bar', style: { background: colour }, data: { testid: 'color-bar', color: a.color || '' } });
    return h('div', { class: 'attachment', data: { color: a.color || '' } }, bar, h('div', { class: 'inside' }, legacy(a), blocks(a.blocks, place)));
  });
}

function legacy(a) {
  const title = a.title && (safeUrl(a.title_link) ? h('a', { href: safeUrl(a.title_link), target: '_blank', rel: 'noopener' }, flat(a.title)) : flat(a.title));
  return [
    a.pretext ? h('div', {}, mrkdwn(a.pretext)) : null, a.author_name ? h('div', { class: 'hint' }, a.author_name) : null,
    title ? h('div', { class: 'title' }, title) : null, a.text ? h('div', {}, mrkdwn(a.text)) : null,
    a.fields ? h('div', { class: 'fields' }, a.fields.map((f) => h('div', {}, h('strong', {}, f.title), h('br'), mrkdwn(f.value)))) : null,
    a.footer ? h('div', { class: 'hint' }, mrkdwn(a.footer)) : null,
  ];
}
