import { h, icon, safeUrl } from './dom.js';
import { textNodes } from './mrkdwn.js';
import { closePopup, popup } from './popup.js';

export function overflow(e, choose) {
  const node = h('button', { type: 'button', class: 'btn more', 'aria-label': 'More actions', 'aria-haspopup': 'menu', onclick: () => {
    popup(node, e.options.map((o) => h('button', { type: 'button', role: 'menuitem', onclick: () => {
      closePopup();
      if (safeUrl(o.url)) window.open(o.url, '_blank', 'noopener');
      choose(o.value);
    } }, textNodes(o.text), o.description ? h('small', {}, textNodes(o.description)) : null)));
  } }, icon('more', 16));
  return node;
}
