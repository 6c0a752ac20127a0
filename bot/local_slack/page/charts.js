// data_visualization as plain SVG: line, area, bar and pie, with a legend and readable axes.
import { h, s } from './dom.js';

const COLORS = ['#4a6ee0', '#d1743c', '#2f9e79', '#b5446e', '#8a63d2', '#b3902b', '#3a9bbf', '#7d7f88'];
const W = 520, H = 190, LEFT = 46, RIGHT = 10, TOP = 10, BOTTOM = 26;
const color = (i) => COLORS[i % COLORS.length];
const short = (n) => (Math.abs(n) >= 1e6 ? `${+(n / 1e6).toFixed(1)}M` : Math.abs(n) >= 1e4 ? `${+(n / 1e3).toFixed(1)}k` : `${+Number(n).toFixed(2)}`);

export function chart(block) {
  const kind = block.chart?.type;
  const drawing = kind === 'pie' ? pie(block.chart) : axes(block.chart, kind);
  const names = kind === 'pie' ? block.chart.segments.map((x) => x.label) : block.chart.series.map((x) => x.name);
  return h('figure', { class: 'chart', data: { kind } },
    h('figcaption', {}, block.title), drawing,
    names.length > 1 || kind === 'pie' ? h('div', { class: 'legend' }, names.map((name, i) =>
      h('span', {}, h('i', { style: { background: color(i) } }), name))) : null);
}

function scale(series) {
  const all = series.flatMap((one) => one.data.map((p) => Number(p.value)));
  const low = Math.min(0, ...all);
  const high = Math.max(...all, low + 1);
  const step = niceStep((high - low) / 4);
  return { low: Math.floor(low / step) * step, high: Math.ceil(high / step) * step, step };
}

function niceStep(raw) {
  const power = 10 ** Math.floor(Math.log10(raw || 1));
  return [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= raw) || power;
}

function axes({ series, axis_config: config }, kind) {
  const names = config.categories;
  const { low, high, step } = scale(series);
  const y = (v) => TOP + (H - TOP - BOTTOM) * (1 - (v - low) / (high - low));
  const slot = (W - LEFT - RIGHT) / names.length;
  const x = (i) => LEFT + slot * (i + 0.5);
  const value = (one, name) => Number(one.data.find((p) => p.label === name)?.value ?? 0);
  const svg = s('svg', { viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': describe(series) });
  for (let v = low; v <= high + step / 2; v += step) {
    svg.append(s('line', { x1: LEFT, x2: W - RIGHT, y1: y(v), y2: y(v), class: 'grid' }),
      s('text', { x: LEFT - 7, y: y(v) + 3.5, class: 'tick end' }, short(v)));
  }
  const every = Math.ceil(names.length / 8);
  names.forEach((name, i) => { if (i % every === 0) svg.append(s('text', { x: x(i), y: H - 8, class: 'tick' }, name)); });
  series.forEach((one, n) => {
    if (kind === 'bar') bars(svg, names, one, n, { x, y, slot, value, count: series.length, low });
    else lineOf(svg, names, one, n, { x, y, value, fill: kind === 'area', low });
  });
  const label = [config.y_label, config.x_label].filter(Boolean).join(' · ');
  return h('div', {}, svg, label ? h('div', { class: 'axis-label' }, label) : null);
}

function bars(svg, names, one, n, { x, y, slot, value, count, low }) {
  const width = Math.min(34, (slot * 0.72) / count);
  names.forEach((name, i) => {
    const v = value(one, name);
    if (!v) return;
    const left = x(i) - (width * count) / 2 + n * width, top = y(Math.max(v, 0));
    svg.append(s('rect', { x: left + 1, y: top, width: Math.max(width - 2, 1), rx: 2.5, fill: color(n),
      height: Math.max(Math.abs(y(Math.max(low, Math.min(v, 0))) - top), 1) }, s('title', {}, `${one.name}, ${name}: ${v}`)));
  });
}

function lineOf(svg, names, one, n, { x, y, value, fill, low }) {
  const points = names.map((name, i) => [x(i), y(value(one, name))]);
  const path = points.map(([a, b], i) => `${i ? 'L' : 'M'}${a.toFixed(1)} ${b.toFixed(1)}`).join('');
  const base = y(Math.max(low, 0));
  if (fill) svg.append(s('path', { d: `${path}L${points.at(-1)[0]} ${base}L${points[0][0]} ${base}Z`, fill: color(n), opacity: 0.18 }));
  svg.append(s('path', { d: path, fill: 'none', stroke: color(n), 'stroke-width': 2.2, 'stroke-linejoin': 'round' }));
  points.forEach(([a, b], i) => svg.append(s('circle', { cx: a, cy: b, r: 3, fill: color(n) },
    s('title', {}, `${one.name}, ${names[i]}: ${value(one, names[i])}`))));
}

function pie({ segments }) {
  const total = segments.reduce((sum, one) => sum + Number(one.value), 0);
  const svg = s('svg', { viewBox: '0 0 200 200', class: 'pie', role: 'img', 'aria-label': segments.map((x) => `${x.label} ${x.value}`).join(', ') });
  let from = -Math.PI / 2;
  segments.forEach((one, i) => {
    const to = from + (Number(one.value) / total) * Math.PI * 1.99999;
    const big = to - from > Math.PI ? 1 : 0;
    const at = (angle) => `${100 + 92 * Math.cos(angle)} ${100 + 92 * Math.sin(angle)}`;
    svg.append(s('path', { d: `M100 100L${at(from)}A92 92 0 ${big} 1 ${at(to)}Z`, fill: color(i) }, s('title', {}, `${one.label}: ${one.value}`)));
    from = to;
  });
  return svg;
}

const describe = (series) => series.map((one) => `${one.name}: ${one.data.map((p) => `${p.label} ${p.value}`).join(', ')}`).join('; ');
