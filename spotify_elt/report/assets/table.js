// Tables that are sorted, searched and shown a part at a time.

const FIRST_ROWS = 10;
const MORE_ROWS = 100;
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase("en");

/** Compares two rows by a column; what is not known comes last in either direction. */
function comparison(name, direction) {
  return (one, other) => {
    const [a, b] = [one[name], other[name]];
    if (a === null || b === null) return (a === null) - (b === null);
    const order = typeof a === "number" ? a - b : collator.compare(a, b);
    return direction === "descending" ? -order : order;
  };
}

/** Rows in an order, of which some are found and the first of these are shown. */
class Rows {
  constructor(rows, names) {
    this.all = rows;
    this.names = names;
    this.words = [];
    this.limit = FIRST_ROWS;
    this.order = "";
  }

  sort({ name, heading }, direction) {
    this.order = `, by ${heading}, ${direction}`;
    this.all = [...this.all].sort(comparison(name, direction));
  }

  search(words) {
    this.words = folded(words).split(/\s+/);
    this.limit = FIRST_ROWS;
  }

  get found() {
    this.haystacks ??= new Map(this.all.map((row) =>
      [row, folded(this.names.map((name) => row[name] ?? "").join("\n"))]));
    return this.all.filter((row) => this.words.every((word) => this.haystacks.get(row).includes(word)));
  }
}

/** The row of headings, each a button that sorts. */
function headings(columns, sort) {
  const row = element("tr", null, ...columns.map((column) => {
    const heading = element("th", { scope: "col", class: column.look });
    heading.append(element("button", { type: "button", click: () => turn(column, heading) }, column.heading));
    return heading;
  }));
  function turn(column, heading) {
    const direction = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const other of row.children) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction);
    sort(column, direction);
  }
  return row;
}

const bodyRow = (columns, row) => element("tr", null, ...columns.map((column) =>
  element(column.naming ? "th" : "td", { class: column.look, scope: column.naming ? "row" : null }, column.show(row))));

/**
 * A table with its controls.
 * caption: what it holds; columns: pairs of a row's key and its heading; objects: the rows.
 */
function table(caption, pairs, objects) {
  const columns = pairs.map(([name, heading]) => columnOf(objects, name, heading)).filter(Boolean);
  // The first column of words names its row, and stays in sight while the others are scrolled to.
  const naming = columns.find((column) => !column.isNumber) ?? columns[0];
  naming.naming = true;
  naming.look = `${naming.look ?? ""} naming`;
  const rows = new Rows(objects, columns.map(({ name }) => name));
  const body = element("tbody");
  const long = objects.length > FIRST_ROWS;
  const status = element("p", { class: long ? "status" : "unseen", role: "status" });
  const more = element("button", { type: "button", class: "more", click: () => showMore() });
  const search = element("input", { type: "search", "aria-label": `Search: ${caption}`, input: () => find() });
  const head = headings(columns, (...order) => { rows.sort(...order); show(); });
  const region = element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
    element("table", null, element("caption", { class: "unseen" }, caption), element("thead", null, head), body));

  function show() {
    const { found, limit } = rows;
    body.replaceChildren(...found.slice(0, limit).map((row) => bodyRow(columns, row)));
    const left = found.length - limit;
    more.hidden = left <= 0;
    more.textContent = left > MORE_ROWS
      ? `Show ${MORE_ROWS} more of ${counted(left, "rows")}` : `Show the other ${counted(Math.max(left, 0), "rows")}`;
    status.textContent = (found.length === objects.length ? "" : `${number.format(found.length)} of `)
      + counted(objects.length, "rows") + (left > 0 ? `, the first ${number.format(limit)} shown` : "") + rows.order;
  }
  function showMore() {
    rows.limit += MORE_ROWS;
    show();
    if (more.hidden) region.focus(); // a button that is gone has none
  }
  function find() {
    rows.search(search.value);
    show();
  }

  show();
  const controls = element("div", { class: "controls" },
    long ? element("label", { class: "search" }, element("span", null, "Search"), search) : null, status);
  return element("div", { class: "table" }, controls, region, more);
}
