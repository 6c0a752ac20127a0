// Slack's mrkdwn as DOM nodes: styles, links, mentions, dates, emoji, code, quotes.
import { h, safeUrl } from './dom.js';
import { emoji } from './emoji.js';
import { atUnix, dateTokens, full } from './dates.js';
import { store } from './store.js';

const unescape = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

// In order of precedence; the leftmost match wins, and code wins over everything in it.
const INLINE = new RegExp([
  '```(?<fence>[\\s\\S]+?)```',
  '`(?<code>[^`\\n]+)`',
  '<(?<entity>[^<>\\n]+)>',
  ':(?<emoji>[a-z0-9_+\'-]+)(?:::skin-tone-[2-6])?:',
  '(?<![\\w*])\\*(?<bold>(?!\\s)[^*\\n]+?(?<!\\s))\\*(?![\\w*])',
  '(?<![\\w_])_(?<italic>(?!\\s)[^_\\n]+?(?<!\\s))_(?![\\w_])',
  '(?<![\\w~])~(?<strike>(?!\\s)[^~\\n]+?(?<!\\s))~(?![\\w~])',
  '(?<url>https?:\\/\\/[^\\s<>|]+[^\\s<>|.,;:!?)\\]])',
].join('|'), 'g');

export function mrkdwn(text, options = {}) {
  const out = [];
  let quote = [];
  const endQuote = () => {
    if (quote.length) out.push(h('blockquote', {}, inline(quote.join('\n'), options)));
    quote = [];
  };
  for (const part of splitFences(String(text ?? ''))) {
    if (part.startsWith('```')) { endQuote(); out.push(...inline(part, options)); continue; }
    const plain = [];
    const endPlain = () => { if (plain.length) out.push(...inline(plain.join('\n'), options)); plain.length = 0; };
    for (const line of part.split('\n')) {
      const match = /^(?:&gt;|>)\s?(.*)$/.exec(line);
      if (match) { endPlain(); quote.push(match[1]); } else { if (quote.length) endQuote(); plain.push(line); }
    }
    endPlain();
  }
  endQuote();
  return out;
}

function splitFences(text) {
  return text.split(/(```[\s\S]+?```)/).filter((part) => part !== '');
}

export function inline(text, options = {}) {
  const out = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    const node = nodeFor(match.groups, match[0], options);
    if (node === null) continue;
    out.push(...lines(text.slice(last, match.index)), node);
    last = match.index + match[0].length;
  }
  out.push(...lines(text.slice(last)));
  return out;
}

function lines(text) {
  return unescape(text).split('\n').flatMap((line, i) => (i ? [h('br'), line] : [line])).filter((x) => x !== '');
}

function nodeFor(groups, whole, options) {
  if (groups.fence !== undefined) return h('pre', {}, unescape(groups.fence.replace(/^\n/, '')));
  if (groups.code !== undefined) return h('code', {}, unescape(groups.code));
  if (groups.entity !== undefined) return entity(groups.entity, whole);
  if (groups.emoji !== undefined) return emojiNode(groups.emoji);
  if (groups.bold !== undefined) return h('strong', {}, inline(groups.bold, options));
  if (groups.italic !== undefined) return h('em', {}, inline(groups.italic, options));
  if (groups.strike !== undefined) return h('s', {}, inline(groups.strike, options));
  if (options.verbatim) return document.createTextNode(unescape(groups.url));
  return link(unescape(groups.url), [unescape(groups.url)]);
}

export function emojiNode(name) {
  const found = emoji(name);
  return found ? h('span', { class: 'emoji', role: 'img', 'aria-label': name, title: `:${name}:` }, found) : null;
}

export function link(url, children) {
  const href = safeUrl(url);
  if (!href) return h('span', {}, children);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, children);
}

function entity(raw, whole) {
  const bar = raw.indexOf('|');
  const target = bar < 0 ? raw : raw.slice(0, bar);
  const label = bar < 0 ? '' : unescape(raw.slice(bar + 1));
  if (target.startsWith('@')) return userMention(target.slice(1));
  if (target.startsWith('#')) return channelMention(target.slice(1), label);
  if (target.startsWith('!')) return special(target.slice(1), label);
  if (safeUrl(target)) return link(unescape(target), [label || unescape(target)]);
  return document.createTextNode(unescape(whole));
}

export function userMention(id) {
  const user = store.users.get(id);
  const me = id === store.me;
  return h('span', { class: `mention${me ? ' me' : ''}`, title: user?.real_name }, `@${user?.name || id}`);
}

export function channelMention(id, label) {
  const channel = store.channels.get(id);
  return h('a', { class: 'mention', href: `#${id}` }, `#${channel?.name || label || id}`);
}

function special(raw, label) {
  if (raw.startsWith('date^')) return dateNode(raw.split('^'), label);
  if (raw.startsWith('subteam^')) return groupMention(raw.split('^')[1], label);
  if (/^(here|channel|everyone)$/.test(raw)) return h('span', { class: 'mention me' }, `@${raw}`);
  return document.createTextNode(label || raw);
}

export function groupMention(id, label) {
  const group = store.groups.get(id);
  const me = group?.users.includes(store.me);
  return h('span', { class: `mention${me ? ' me' : ''}` }, group ? `@${group.handle}` : label || id);
}

export function dateNode([, unix, format, url], fallback) {
  if (!/^\d+$/.test(unix || '') || !format) return document.createTextNode(fallback || '');
  const time = h('time', { data: { unix, format }, title: full(atUnix(unix)), datetime: atUnix(unix).toISOString() },
    dateTokens(unix, format));
  return url ? link(url, [time]) : time;
}

// A text object: plain_text knows emoji only, mrkdwn all of the above.
export function textNodes(object) {
  if (!object) return [];
  if (typeof object === 'string') return [object];
  return object.type === 'plain_text' ? plainNodes(object.text, object.emoji !== false) : mrkdwn(object.text, object);
}

export function plainNodes(text, withEmoji = true) {
  return String(text ?? '').split(/(:[a-z0-9_+'-]+:|\n)/).flatMap((part) => {
    if (part === '\n') return [h('br')];
    const node = withEmoji && /^:.+:$/.test(part) ? emojiNode(part.slice(1, -1)) : null;
    return node || part ? [node || part] : [];
  });
}

// One line of plain words, for previews and tooltips.
export function flat(text) {
  return unescape(String(text ?? '').replace(/<([^<>|]+)\|([^<>]+)>/g, '$2').replace(/:([a-z0-9_+-]+):/g,
    (whole, name) => emoji(name) || whole));
}
