// rich_text blocks: sections, lists, quotes, code, and everything inline.
import { h } from './dom.js';
import { channelMention, dateNode, emojiNode, groupMention, link, userMention } from './mrkdwn.js';

export const richText = (block) => h('div', { class: 'rich' }, (block.elements || []).map(part));

function part(element) {
  switch (element.type) {
    case 'rich_text_section': return h('div', {}, pieces(element.elements));
    case 'rich_text_quote': return h('blockquote', {}, pieces(element.elements));
    case 'rich_text_preformatted': return h('pre', {}, pieces(element.elements));
    case 'rich_text_list': return h(element.style === 'ordered' ? 'ol' : 'ul',
      { style: { marginLeft: `${(element.indent || 0) * 22}px` }, start: String((element.offset || 0) + 1) },
      element.elements.map((item) => h('li', {}, part(item))));
    default: return null;
  }
}

const pieces = (elements) => (elements || []).map((e) => styled(piece(e), e.style || {}));

function piece(e) {
  switch (e.type) {
    case 'text': return h('span', { class: 'pre-wrap' }, e.text);
    case 'link': return link(e.url, [e.text || e.url]);
    case 'emoji': return emojiNode(e.name) || `:${e.name}:`;
    case 'user': return userMention(e.user_id);
    case 'channel': return channelMention(e.channel_id, '');
    case 'usergroup': return groupMention(e.usergroup_id, '');
    case 'broadcast': return h('span', { class: 'mention me' }, `@${e.range}`);
    case 'date': return dateNode(['date', String(e.timestamp), e.format, e.url], e.fallback);
    default: return '';
  }
}

function styled(node, style) {
  let found = node;
  if (style.code) found = h('code', {}, found);
  if (style.bold) found = h('strong', {}, found);
  if (style.italic) found = h('em', {}, found);
  if (style.strike) found = h('s', {}, found);
  return found;
}
