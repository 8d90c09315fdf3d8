// How a chart is drawn, at any width: with Observable Plot, as SVG in the colours of the style sheet.

const TOO_MANY_DOTS = 1500; // then they are counted in fields instead
const TOO_MANY_MONTHS = 240; // then their dots are smaller
const CHARACTER = 7; // pixels, about
const LINE = 16; // pixels, of words
const FULL = [0, 100]; // popularity
const POPULARITY = /popularity$/;
const ACCENT = "var(--accent)";
const WARM = "var(--warm)";
const MUTED = "var(--muted)";
const GRID = "var(--grid)";
const INK = "var(--ink)";
const COLOURS = [ACCENT, WARM, INK, "var(--other)", MUTED]; // of lines that cross
const LENGTHS = { label: "length", tickFormat: (minutes) => d3.utcFormat("%-M:%S")(minutes * 60_000) };

/** An SVG of Plot's, in its place and with its words. */
function plotted(options) {
  const svg = Plot.plot({
    className: "plot",
    style: { background: "none", color: "inherit", fontFamily: "inherit", fontSize: "13px", overflow: "visible" },
    marginTop: 28,
    marginLeft: 40,
    marginRight: 16,
    ...options,
  });
  // Its style element would be refused by the page's policy; page.css has these rules.
  svg.querySelector("style").remove();
  // The whole is one image with words of its own; ARIA knows no labels on its parts.
  for (const part of svg.querySelectorAll("[aria-label]")) {
    part.dataset.mark = part.getAttribute("aria-label");
    part.removeAttribute("aria-label");
  }
  return svg;
}

const grids = () => [
  Plot.gridX({ stroke: GRID, strokeOpacity: 1 }),
  Plot.gridY({ stroke: GRID, strokeOpacity: 1 }),
];

/** Bars under one another, the name and the label above each: room for long names on a phone. */
function bars(rows, { value, label, name, domain, tick = null, fill = ACCENT }) {
  const extreme = Math.max(1e-9, ...rows.map((row) => Math.abs(value(row))));
  const both = rows.some((row) => value(row) < 0);
  const longest = Math.max(...rows.map((row) => label(row).length));
  return (width) => plotted({
    width,
    height: rows.length * 44,
    marginTop: 0,
    marginBottom: 0,
    marginLeft: 1,
    marginRight: 1,
    x: { domain: domain ?? [both ? -extreme : 0, extreme], axis: null },
    y: { domain: rows.keys(), axis: null, padding: 0 },
    marks: [
      Plot.barX(rows, { x: value, y: (_, index) => index, fill, insetTop: 26, insetBottom: 8, rx: 2 }),
      tick && Plot.tickX(rows, { x: tick, y: (_, index) => index, insetTop: 23, insetBottom: 5, strokeWidth: 3 }),
      Plot.ruleX([0], { stroke: MUTED }),
      Plot.text(rows, {
        y: (_, index) => index, text: (row) => oneLine(name(row)), frameAnchor: "left", dx: 4, dy: -7,
        textAnchor: "start", lineWidth: Math.max(4, (width - longest * CHARACTER - 16) / 13), textOverflow: "ellipsis",
      }),
      Plot.text(rows, {
        y: (_, index) => index, text: label, frameAnchor: "right", textAnchor: "end", dy: -7, fill: MUTED,
        fontVariant: "tabular-nums",
      }),
    ],
  });
}

/** Dots, or fields that are darker the more there are in them. */
function cloud(rows, { x, y, title, fill = ACCENT }, options, under = []) {
  const fields = (name) => (POPULARITY.test(name) ? { value: name, domain: FULL, thresholds: 20 } : name);
  const dots = rows.length > TOO_MANY_DOTS
    ? Plot.rect(rows, Plot.bin({ fillOpacity: "count" },
      { x: fields(x), y: fields(y), fill: ACCENT, inset: 0.5, tip: true }))
    : Plot.dot(rows, { x, y, fill, fillOpacity: 0.55, r: 4, title, tip: true });
  return (width) => plotted({
    width,
    height: Math.min(448, Math.max(280, width * 0.8)),
    marginBottom: 42,
    opacity: { type: "sqrt" },
    ...options,
    marks: [...grids(), ...under, dots],
  });
}
