"use strict";
// What the rest of the page is made of. Names are data: they become text nodes, never markup.

const SPOTIFY = "https://open.spotify.com";
const SPOTIFY_ID = /^[0-9A-Za-z]{22}$/;
const CONTROL_CHARACTERS = /\p{Cc}+/gu;
const VISIBLE = /[^\p{C}\p{Z}]/u;
const NOT_KNOWN = "–";
const format = (options) => {
  const { format: shown } = new Intl.NumberFormat("en", options);
  return { format: (value) => shown(value).replace("-", "−") };
};
const number = format({ maximumFractionDigits: 2 });
const decimal = format({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
const signed = format({ maximumFractionDigits: 2, signDisplay: "exceptZero" });
const signedDecimal = format({ minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero" });
const percent = format({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
// In UTC, so that all who read the page are told the same.
const day = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });
const time = new Intl.DateTimeFormat("en", { timeStyle: "short", hourCycle: "h23", timeZone: "UTC" });
const moment = { format: (value) => `${day.format(value)}, ${time.format(value)}` };

/** An element; functions among its attributes listen to the event of that name. */
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const visible = (name) => (VISIBLE.test(name ?? "") ? name : "without a name");

/** A name, kept apart from the direction of the text around it, with its place on Spotify. */
function named(name, kind, id) {
  const text = element("bdi", null, visible(name));
  if (!SPOTIFY_ID.test(id ?? "")) return text;
  return element("a", { href: `${SPOTIFY}/${kind}/${id}` }, text);
}

/** A name as a chart can write it: on one line. */
const oneLine = (name) => visible(name).replace(CONTROL_CHARACTERS, " ");

/** How many there are, in words: `1 track`, `2 tracks`. */
const counted = (count, things) =>
  `${number.format(count)} ${count === 1 ? things.replace(/s$/, "") : things}`;

/** The rows of a table of the data, as objects. */
function objects(table) {
  const { columns, rows } = JSON.parse(table);
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
}
