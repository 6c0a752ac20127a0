// Building the page from nodes. Text goes in as text only: nothing here ever parses HTML,
// so no message can bring markup of its own.

export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') node.className = value;
    else if (name === 'data') Object.assign(node.dataset, value);
    else if (name === 'style') Object.assign(node.style, value);
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== 'string') node[name] = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

const SVG = 'http://www.w3.org/2000/svg';

export function s(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children.flat());
  return node;
}

export const $ = (id) => document.getElementById(id);

export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(Boolean));
  return node;
}

// Only addresses that a browser may follow safely; `javascript:` and friends become nothing.
export function safeUrl(url) {
  return /^(https?:|mailto:)/i.test(String(url || '')) ? String(url) : undefined;
}

const PATHS = {
  bell: 'M12 3a6 6 0 0 0-6 6v3.7L4.3 16a.8.8 0 0 0 .7 1.2h14a.8.8 0 0 0 .7-1.2L18 12.7V9a6 6 0 0 0-6-6zm-2.2 15.6a2.3 2.3 0 0 0 4.4 0z',
  hash: 'M9.5 3.5 8 20.5M16 3.5 14.5 20.5M4 9h16.5M3.5 15H20',
  lock: 'M7 10.5V8a5 5 0 0 1 10 0v2.5M5.5 10.5h13v10h-13z',
  home: 'M3.5 11.5 12 4l8.5 7.5M6 10v9.5h12V10',
  close: 'M6 6l12 12M18 6L6 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  reply: 'M20 12c0 4.1-3.6 7-8 7-1.2 0-2.4-.2-3.4-.6L4 20l1.2-3.7A6.6 6.6 0 0 1 4 12c0-4.1 3.6-7 8-7s8 2.9 8 7z',
  trash: 'M5 7h14M10 7V5h4v2M7 7l1 12.5h8L17 7',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  note: 'M5 4h14v11l-5 5H5zM14 20v-5h5M8.5 8.5h7M8.5 12h5',
  send: 'M4 12 20 4.5 15 20l-3.5-6.5z',
  activity: 'M3 12h4l3-8 4 16 3-8h4',
  people: 'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-3.6 3-5.5 6.5-5.5s6.1 1.9 6.5 5.5M16 4.8a3.3 3.3 0 0 1 0 6.4M18 14.9c2 .7 3.2 2.4 3.5 5.1',
  play: 'M7 4.5v15l12-7.5z',
};

export function icon(name, size = 18) {
  const solid = name === 'bell' || name === 'play';
  return s('svg', {
    viewBox: '0 0 24 24', width: size, height: size, class: 'icon', 'aria-hidden': 'true',
    fill: solid ? 'currentColor' : 'none', stroke: solid ? 'none' : 'currentColor',
    'stroke-width': name === 'more' ? 3 : 1.8, 'stroke-linecap': 'round', 'stroke-linejoin': 'round',
  }, s('path', { d: PATHS[name] }));
}
