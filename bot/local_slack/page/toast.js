import { $, h } from './dom.js';

export function toast(text, kind = '') {
  const node = h('div', { class: `toast ${kind}` }, text);
  $('toasts').append(node);
  setTimeout(() => node.classList.add('gone'), 5200);
  setTimeout(() => node.remove(), 5600);
}
