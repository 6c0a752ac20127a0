// A small panel under a button; a click elsewhere or Escape closes it.
import { h } from './dom.js';

let open = null;

export function closePopup() {
  open?.remove();
  open = null;
}

export function popup(anchor, ...children) {
  closePopup();
  open = h('div', { class: 'popup', role: 'menu' }, children);
  (anchor.closest('dialog') || document.body).append(open);
  const at = anchor.getBoundingClientRect();
  const below = at.bottom + open.offsetHeight + 8 < innerHeight;
  open.style.left = `${Math.max(8, Math.min(at.left, innerWidth - open.offsetWidth - 8))}px`;
  open.style.top = below ? `${at.bottom + 4}px` : `${Math.max(8, at.top - open.offsetHeight - 4)}px`;
  open.querySelector('button, input')?.focus();
  return open;
}

addEventListener('pointerdown', (e) => { if (open && !open.contains(e.target)) closePopup(); }, true);
addEventListener('keydown', (e) => { if (e.key === 'Escape' && open) { e.preventDefault(); e.stopPropagation(); closePopup(); } }, true);
addEventListener('scroll', (e) => { if (open && !open.contains(e.target)) closePopup(); }, true);
