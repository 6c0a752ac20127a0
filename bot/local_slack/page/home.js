// The App Home tab.
import { $, fill, h, icon } from './dom.js';
import { blocks } from './blocks.js';
import { store } from './store.js';

export function drawHome() {
  const view = store.homes[store.me];
  const list = $('stream');
  const top = list.dataset.shown === 'home' ? list.scrollTop : 0;
  list.dataset.shown = 'home';
  fill(list, view ? h('div', { class: 'home', data: { testid: 'home' } }, blocks(view.blocks, { where: 'home', view: view.id, state: view.state?.values }))
    : h('div', { class: 'empty' }, h('span', { class: 'empty-icon' }, icon('home', 30)), h('h2', {}, 'App Home'), h('p', {}, 'The app has not published a Home for you yet.')));
  list.scrollTop = top;
}
