import { h, icon } from './dom.js';
import { store } from './store.js';

export function avatar(id, size = 36) {
  const user = store.users.get(id);
  const style = { background: `#${user?.color || '7a8194'}`, width: `${size}px`, height: `${size}px`, fontSize: `${size * 0.4}px` };
  if (user?.is_bot) return h('span', { class: 'avatar bot', style, 'aria-hidden': 'true' }, icon('bell', Math.round(size * 0.56)));
  const letters = (user?.real_name || '?').split(/\s+/).map((w) => w[0]).slice(0, 2).join('');
  return h('span', { class: 'avatar', style, 'aria-hidden': 'true' }, letters);
}
