// The confirmation dialog of an element; resolves to whether the person agreed.
import { $, fill, h } from './dom.js';
import { textNodes } from './mrkdwn.js';

export function confirmed(c) {
  const dialog = $('confirm');
  return new Promise((resolve) => {
    const answer = (yes) => { dialog.close(); resolve(yes); };
    fill(dialog, h('div', { class: 'sheet small' },
      h('header', {}, h('h2', {}, textNodes(c.title))),
      h('div', { class: 'content' }, textNodes(c.text)),
      h('footer', {},
        h('button', { type: 'button', class: 'btn', onclick: () => answer(false) }, textNodes(c.deny)),
        h('button', { type: 'button', class: `btn ${c.style || 'primary'}`, onclick: () => answer(true) }, textNodes(c.confirm)))));
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}
