// The columns of a table: what each shows, and how, read off its name and its values.

const LONG_TEXT = 120; // characters, opened on demand
const SHORT = 20; // characters, stands on one line
const KINDS = { artist_name: "artist", track_name: "track", album_name: "album", other_playlist_name: "playlist" };
const TIME = /_(at|before)$/;
const RANK = /_rank$/;
const LENGTH = /_mm_ss$/; // text that stands and sorts like a number
const DIFFERENCE = /change|_minus_/;
const SHARE = /^(share|jaccard)_/;

/** A column of these rows, or null where Spotify sent nothing for it. */
function columnOf(rows, name, heading) {
  const values = rows.map((row) => row[name]).filter((value) => value !== null);
  if (!values.length) return null;
  const isNumber = LENGTH.test(name) || typeof values[0] === "number";
  return { name, heading, isNumber, look: look(name, values, isNumber), show: shower(name, values) };
}

/** The class of its cells. */
function look(name, values, isNumber) {
  if (RANK.test(name)) return "number rank";
  if (isNumber) return "number";
  if (name in KINDS) return "name";
  return values.some((value) => value.length > SHORT) ? "wordy" : "short";
}

/** A function that shows the column's value of a row, as text or as an element. */
function shower(name, values) {
  if (name in KINDS) return (row) => named(row[name], KINDS[name], row[name.replace(/_name$/, "_id")]);
  let show = text;
  if (TIME.test(name)) show = date;
  else if (typeof values[0] === "number") show = numbers(name, values.every(Number.isInteger)).format;
  return (row) => (row[name] === null ? NOT_KNOWN : show(row[name]));
}

/** How a column writes its numbers: in percent, with a sign, all with decimals or none. */
function numbers(name, whole) {
  if (SHARE.test(name)) return percent;
  if (DIFFERENCE.test(name)) return whole ? signed : signedDecimal;
  return whole ? number : decimal;
}

const date = (value) => element("time", { datetime: value }, day.format(new Date(value)));

/** Text, of which a long one opens on demand. */
function text(value) {
  const characters = [...value];
  if (characters.length <= LONG_TEXT) return element("bdi", null, value);
  return element("details", null,
    element("summary", null, element("bdi", null, `${characters.slice(0, LONG_TEXT - 20).join("")} …`)),
    element("bdi", null, value));
}
