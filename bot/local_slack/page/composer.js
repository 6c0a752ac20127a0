// The box where people type: messages, and slash commands with completion.
import { h, icon } from './dom.js';
import { store } from './store.js';

export function composer({ placeholder, send, testid, commands = false, disabled = '' }) {
  const hints = h('div', { class: 'hints', role: 'listbox', hidden: true });
  const box = h('textarea', { rows: '1', class: 'box', placeholder, 'aria-label': placeholder, data: { testid }, disabled: !!disabled });
  let chosen = 0;
  const grow = () => { box.style.height = 'auto'; box.style.height = `${Math.min(box.scrollHeight, 160)}px`; };
  const found = () => (commands && /^\/\S*/.test(box.value) ? matching(box.value) : []);
  const show = () => {
    const list = found();
    chosen = Math.min(chosen, Math.max(list.length - 1, 0));
    hints.hidden = !list.length;
    hints.replaceChildren(...list.map((c, i) => h('button', { type: 'button', role: 'option', class: i === chosen ? 'on' : '', 'aria-selected': String(i === chosen),
      onclick: () => take(c) }, h('b', {}, c.name), ' ', h('span', { class: 'usage' }, c.usage), h('small', {}, c.description))));
  };
  const take = (c) => { box.value = `${c.name} `; box.focus(); chosen = 0; show(); grow(); };
  const submit = async () => {
    const text = box.value.trim();
    if (!text) return;
    box.value = '';
    show(); grow();
    const answer = await send(text);
    if (answer && answer.ok === false && !box.value) { box.value = text; grow(); }
  };
  box.addEventListener('input', () => { chosen = 0; show(); grow(); });
  box.addEventListener('blur', () => setTimeout(() => { hints.hidden = true; }, 150));
  box.addEventListener('keydown', (e) => {
    const list = hints.hidden ? [] : found();
    if (list.length && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
      e.preventDefault(); chosen = (chosen + (e.key === 'ArrowDown' ? 1 : list.length - 1)) % list.length; show();
    } else if (list.length && e.key === 'Tab') { e.preventDefault(); take(list[chosen]); }
    else if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      const half = list.length && !list.some((c) => box.value.trim() === c.name || box.value.startsWith(`${c.name} `));
      if (half) take(list[chosen]); else submit();
    } else if (e.key === 'Escape') hints.hidden = true;
  });
  return h('form', { class: `composer ${disabled ? 'disabled' : ''}`, onsubmit: (e) => { e.preventDefault(); submit(); } }, hints,
    disabled ? h('p', { class: 'hint' }, disabled) : null,
    h('div', { class: 'box-wrap' }, box, h('button', { type: 'submit', class: 'send', 'aria-label': 'Send', disabled: !!disabled }, icon('send', 17))));
}

function matching(text) {
  const typed = text.toLowerCase();
  return store.commands.filter((c) => c.name.startsWith(typed.trimEnd()) || (typed.startsWith(`${c.name} `) && c.usage)).slice(0, 8);
}
