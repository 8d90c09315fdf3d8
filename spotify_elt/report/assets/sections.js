// The sections of the page about one playlist.

const CHARTS = [
  topArtistsCharts,
  popularTracksCharts,
  releaseMonthsCharts,
  albumsCharts,
  genresCharts,
];
const NEAREST = 20; // playlists that share something, of which the mart has more

function section(id, words, ...children) {
  return element("section", { "aria-labelledby": id }, element("h2", { id, tabindex: "-1" }, words), ...children);
}

/** Charts side by side where there is room, or under one another; drawn when they have a place. */
function figures(charts, stacked = false) {
  return element("div", { class: stacked ? "figures stacked" : "figures" }, ...charts.map((one) => {
    const figure = element("figure", { "data-chart": one.id },
      element("figcaption", null, one.title, one.note && element("small", null, one.note)),
      element("div", { class: "drawing" }));
    figure.chart = one;
    return figure;
  }));
}

/** Draws every chart anew, as wide as its place is. */
function draw(root) {
  for (const figure of root.querySelectorAll("figure")) {
    const place = figure.querySelector(".drawing");
    const svg = figure.chart.draw(Math.max(240, place.clientWidth));
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${figure.chart.alt} The table below has the numbers.`);
    place.replaceChildren(svg);
  }
}

/** A table under a heading of its own; nothing where it would have no rows. */
const titled = (words, columns, rows) =>
  (rows.length ? [element("h3", null, words), table(words, columns, rows)] : []);

function facts(pairs) {
  return element("dl", { class: "facts" }, ...pairs.map(([words, value]) =>
    element("div", null, element("dt", null, words), element("dd", null, value))));
}

const oneDecimal = (amount, by) => number.format(Math.round(10 * amount / by) / 10);

/** The access mode, as Spotify's answers told it: without tracks, as for the playlist read next to this one. */
function accessMode(head) {
  const heads = data.playlists.map((one) => one.head).filter((one) => one.count_tracks);
  const told = head.count_tracks ? head
    : d3.least(heads, (one) => Math.abs(new Date(one.loaded_at) - new Date(head.loaded_at)));
  if (!told) return "not known";
  return told.avg_track_popularity === null ? "Development Mode" : "Extended Quota Mode";
}

function headline({ head, answers, unavailable }) {
  const date = (text, format) => text === null ? NOT_KNOWN
    : element("time", { datetime: text }, format.format(new Date(text)));
  // Rounded once: the profile's average is rounded, to two decimals.
  const rated = known(objects(answers[1].table), "track_popularity");
  const popularity = rated.length ? oneDecimal(d3.sum(rated, (row) => row.track_popularity), rated.length)
    : head.count_tracks ? "not sent" : NOT_KNOWN;
  return element("section", { "aria-label": "Headline" }, facts([
    ["Tracks", number.format(head.count_tracks)],
    ["Artists", number.format(head.count_artists)],
    ["Hours", head.total_duration_minutes === null ? NOT_KNOWN : oneDecimal(head.total_duration_minutes, 60)],
    ["Average popularity, of 100", popularity],
    ["Last add", date(head.last_added_at, day)],
    ["Loaded (UTC)", date(head.loaded_at, moment)],
    ["Access", accessMode(head)],
    ["Snapshot", element("bdi", { class: "snapshot" }, head.snapshot_id ?? NOT_KNOWN)],
  ]), unavailable && element("p", { class: "caveat" }, unavailable));
}

/** The five answers; an empty playlist has one to all of them. */
function answers(playlist) {
  if (playlist.head.count_tracks) return data.questions.map((words, index) => answer(words, index, playlist));
  return [section("questions", "The five questions", element("p", { class: "answer" }, playlist.answers[0].sentence))];
}

function answer(words, index, playlist) {
  const rows = objects(playlist.answers[index].table);
  const artists = objects(playlist.playlist_artists);
  const isGenres = CHARTS[index] === genresCharts;
  return section(`question-${index + 1}`, `${index + 1}. ${words}`,
    element("p", { class: "answer" }, playlist.answers[index].sentence),
    figures(CHARTS[index](rows, artists), CHARTS[index] === releaseMonthsCharts),
    rows.length ? table(words, ANSWER_COLUMNS[index], rows) : null,
    ...(isGenres ? titled("Artists and their genres", ARTIST_COLUMNS, artists) : []));
}

function changed({ head, playlist_changes, popularity_movers, courses }) {
  const [stays, movers] = [objects(playlist_changes), objects(popularity_movers)];
  return section("changes", "What has changed",
    element("p", { class: "answer" }, `${cameAndLeft(head, stays)} ${popularityMoved(movers)}`.trim()),
    figures(changesCharts(stays, objects(courses), new Date(head.loaded_at))),
    ...titled("Tracks that came, left or were moved", STAY_COLUMNS, stays),
    ...titled("Tracks whose popularity moved", MOVER_COLUMNS, movers));
}

function profiled({ head, playlist_overlap }) {
  const nearest = objects(playlist_overlap);
  const others = nearest.length > NEAREST ? `the ${NEAREST} nearest` : "the other";
  return section("profile", "What kind of playlist it is",
    facts(profileFacts(head)),
    ...titled(`What it shares with ${others} playlists`, OVERLAP_COLUMNS, nearest.slice(0, NEAREST)));
}

function notSent({ head, playlist_completeness }) {
  const sentences = missing(head, objects(playlist_completeness));
  return section("missing", "What Spotify did not send",
    sentences.length
      ? element("ul", null, ...sentences.map((sentence) => element("li", null, sentence)))
      : element("p", null, "Nothing was missing: every answer stands on all that Spotify has."));
}
