// A choice of several: chips in a box, check boxes in a panel.
import { h } from './dom.js';
import { popup } from './popup.js';

export function multi({ id, options, chosen, placeholder, most, set }) {
  const picked = new Set(chosen);
  const node = h('button', { type: 'button', id, class: 'field multi', 'aria-haspopup': 'listbox', onclick: () => popup(node, options.map(row)) });
  const show = () => {
    const chips = options.filter((o) => picked.has(o.value)).map((o) => h('span', { class: 'chip' }, o.label));
    node.replaceChildren(...(chips.length ? chips : [h('span', { class: 'placeholder' }, placeholder)]));
  };
  const row = (o) => {
    const box = h('input', { type: 'checkbox', value: o.value, checked: picked.has(o.value), onchange: () => {
      if (box.checked && most && picked.size >= most) { box.checked = false; return; }
      if (box.checked) picked.add(o.value); else picked.delete(o.value);
      show();
      set([...picked]);
    } });
    return h('label', { class: 'check' }, box, o.label);
  };
  show();
  return node;
}
