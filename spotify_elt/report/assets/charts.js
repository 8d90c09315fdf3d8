// The charts of the five questions: each has a title, what a reader who cannot see it is told, and a
// function that draws it. One that would have no marks is left out for one that Spotify's data allows.

const TOP = 10;

const chart = (id, title, alt, draw, note = null) => ({ id, title, alt, draw, note });
const known = (rows, name) => rows.filter((row) => row[name] !== null);
const fieldsNote = (rows) =>
  rows.length > TOO_MANY_DOTS ? "The stronger its colour, the more tracks a field holds." : null;

function topArtistsCharts(rows) {
  if (!rows.length) return [];
  const found = [chart("top-artists", "Tracks in the playlist",
    "Bars: how many tracks each of the top artists has.",
    bars(rows, {
      name: (row) => row.artist_name,
      value: (row) => row.count_tracks,
      label: (row) => [
        counted(row.count_tracks, "tracks"),
        percent.format(row.share_of_tracks),
        row.total_duration_minutes === null ? NOT_KNOWN : `${number.format(Math.round(row.total_duration_minutes))} min`,
      ].join(" · "),
    }))];
  const rated = known(known(rows, "artist_popularity"), "avg_track_popularity");
  if (rated.length) found.push(chart("artists-and-tracks", "Popularity: the artist and their tracks here",
    "For each top artist, a bar for the average popularity of their tracks here and a mark for their own popularity.",
    bars(rated, {
      name: (row) => row.artist_name,
      value: (row) => row.avg_track_popularity,
      tick: (row) => row.artist_popularity,
      label: (row) => `artist ${row.artist_popularity} · tracks ${row.avg_track_popularity.toFixed(1)}`,
      domain: FULL,
      fill: WARM,
    }),
    "The bar is the average of the tracks, the mark the artist; both of 100."));
  return found;
}

function popularTracksCharts(rows) {
  const rated = known(rows, "track_popularity");
  const timed = known(rows, "duration_minutes");
  if (!rated.length) {
    if (!timed.length) return [];
    return [chart("durations", "How long the tracks are",
      "Histogram: how many tracks there are of each length in minutes.",
      (width) => plotted({
        width, height: 280, marginBottom: 42,
        x: LENGTHS, y: { label: "tracks", nice: true },
        marks: [
          ...grids(),
          Plot.rectY(timed, Plot.binX({ y: "count" }, { x: "duration_minutes", thresholds: 20, fill: ACCENT, inset: 0.5, tip: true })),
          Plot.ruleY([0], { stroke: MUTED }),
        ],
      }))];
  }
  const both = known(rated, "duration_minutes");
  const found = [chart("popular-tracks", rated.length > TOP ? `The ${TOP} most popular` : "By popularity",
    "Bars: the popularity of the most popular tracks; the length of each is written beside it.",
    bars(rated.slice(0, TOP), {
      name: (row) => row.track_name,
      value: (row) => row.track_popularity,
      label: (row) => `${row.track_popularity} · ${row.duration_mm_ss ?? NOT_KNOWN}`,
      domain: FULL,
    }))];
  if (both.length > 1) found.push(chart("popularity-and-length", "All tracks: popularity by length",
    "Dots: each track by its length in minutes and its popularity.",
    cloud(both, {
      x: "duration_minutes",
      y: "track_popularity",
      title: (row) => `${oneLine(row.track_name)}\n${row.track_popularity} · ${row.duration_mm_ss}`,
    }, { x: LENGTHS, y: { label: "popularity", domain: FULL } }),
    fieldsNote(both)));
  return found;
}

/** For each release year its beginning, its end and the average popularity of its tracks. */
function years(months) {
  const weight = (row) => row.count_tracks;
  return d3.rollups(months, (group) => d3.sum(group, (row) => weight(row) * row.avg_track_popularity) / d3.sum(group, weight),
    (row) => +d3.utcYear(row.month))
    .map(([from, average]) => ({ from: new Date(from), to: d3.utcYear.offset(new Date(from), 1), average }));
}

function releaseMonthsCharts(rows) {
  const months = known(rows, "release_month").map((row) => {
    const month = new Date(0);
    month.setUTCFullYear(row.release_year, row.release_month - 1, 1);
    return { ...row, month };
  });
  if (!months.length) return [];
  const [last, first] = [months[0].month, months[months.length - 1].month];
  // Whole years, so that a single month has an axis too.
  const x = { type: "utc", label: null, domain: [d3.utcYear(first), d3.utcYear.offset(d3.utcYear(last), 1)] };
  const ticks = Math.min(4, d3.max(months, (row) => row.count_tracks));
  const title = (row) => `${row.release_year_month}: ${counted(row.count_tracks, "tracks")}`
    + (row.avg_track_popularity === null ? "" : `\naverage popularity ${number.format(row.avg_track_popularity)}`);
  const rest = d3.sum(rows, (row) => row.count_tracks) - d3.sum(months, (row) => row.count_tracks);
  const note = rest ? `Without ${counted(rest, "tracks")} whose release month Spotify does not tell.` : null;
  const rated = known(months, "avg_track_popularity");
  const found = [];
  if (rated.length) found.push(chart("release-months", "Average popularity by release month",
    "Dots: the average popularity of the tracks of each release month; a larger dot stands for more tracks. Lines: the average of each year.",
    (width) => plotted({
      width, height: 300, x, y: { label: "average popularity", domain: FULL }, r: { domain: [0, Math.max(5, d3.max(rated, (row) => row.count_tracks))], range: [0, rated.length > TOO_MANY_MONTHS ? 6 : 12] },
      marks: [
        ...grids(),
        Plot.dot(rated, { x: "month", y: "avg_track_popularity", r: "count_tracks", fill: ACCENT, fillOpacity: 0.5, title, tip: true }),
        Plot.ruleY(years(rated), { x1: "from", x2: "to", y: "average", stroke: INK, strokeWidth: 2 }),
      ],
    }),
    ["A larger dot stands for more tracks, a line for the average of a year.", note].filter(Boolean).join(" ")));
  found.push(chart("tracks-by-month", "Tracks behind each month",
    "Stems: how many tracks of the playlist were released in each month.",
    (width) => plotted({
      width, height: 160, x, y: { label: "tracks", ticks, nice: ticks },
      marks: [
        Plot.gridY({ stroke: GRID, strokeOpacity: 1, ticks }),
        Plot.ruleX(months, { x: "month", y: "count_tracks", stroke: WARM, strokeWidth: 2, title, tip: true }),
        Plot.ruleY([0], { stroke: MUTED }),
      ],
    }),
    rated.length ? null : note));
  return found;
}

const COMPARISONS = { "outperforms album": ACCENT, "underperforms album": WARM, "matches album": MUTED };

function albumsCharts(rows) {
  const compared = known(rows, "track_minus_album_popularity");
  if (!compared.length) {
    const albums = [...d3.group(known(rows, "album_id"), (row) => row.album_id).values()].map(([first]) => first);
    const most = d3.sort(albums, (row) => -row.count_tracks_in_playlist).slice(0, TOP);
    return most.length ? [chart("albums", "Albums with the most tracks here",
      "Bars: how many tracks of the playlist come from each album.",
      bars(most, {
        name: (row) => row.album_name,
        value: (row) => row.count_tracks_in_playlist,
        label: (row) => `${row.count_tracks_in_playlist} of ${row.album_total_tracks === null ? "its tracks" : counted(row.album_total_tracks, "tracks")}`,
      }))] : [];
  }
  const sorted = d3.sort(compared, (row) => -row.track_minus_album_popularity);
  const extremes = sorted.length > TOP ? [...sorted.slice(0, TOP / 2), ...sorted.slice(-TOP / 2)] : sorted;
  const found = [chart("outperformers", sorted.length > TOP ? "Farthest above and below their album" : "Tracks above and below their album",
    "Bars to the right: tracks more popular than their album, and by how much; to the left: less popular ones.",
    bars(extremes, {
      name: (row) => row.track_name,
      value: (row) => row.track_minus_album_popularity,
      label: (row) => signed.format(row.track_minus_album_popularity),
      fill: (row) => COMPARISONS[row.comparison],
    }),
    "Popularity of the track minus that of its album.")];
  if (compared.length > 1) found.push(chart("albums-and-tracks", "All tracks against their albums",
    "Dots: each track by the popularity of its album and its own. Those above the line outperform their album.",
    cloud(compared, {
      x: "album_popularity",
      y: "track_popularity",
      fill: (row) => COMPARISONS[row.comparison],
      title: (row) => `${oneLine(row.track_name)} (${row.track_popularity})\n${oneLine(row.album_name)} (${row.album_popularity})`,
    }, { x: { label: "popularity of the album", domain: FULL }, y: { label: "popularity of the track", domain: FULL }, color: { type: "identity" } },
    [Plot.line([[0, 0], [100, 100]], { stroke: MUTED, strokeDasharray: "4 4" })]),
    ["Above the line: more popular than the album.", fieldsNote(compared)].filter(Boolean).join(" ")));
  return found;
}

function genresCharts(rows, artists) {
  const genres = rows.filter((row) => row.genre !== "no genre");
  const found = [];
  if (genres.length) found.push(chart("genres", genres.length > TOP ? `The ${TOP} largest genres` : "Genres by tracks",
    "Bars: how many tracks each genre has.",
    bars(genres.slice(0, TOP), {
      name: (row) => row.genre,
      value: (row) => row.count_tracks,
      label: (row) => `${counted(row.count_tracks, "tracks")} · ${counted(row.count_artists, "artists")}`,
    }),
    "A track counts in every genre of its artists."));
  if (artists.length) found.push(chart("artists", "The artists with the most tracks",
    "Bars: how many tracks each artist has.",
    bars(artists.slice(0, TOP), {
      name: (row) => row.artist_name,
      value: (row) => row.count_tracks,
      label: (row) => counted(row.count_tracks, "tracks"),
    })));
  return found;
}
