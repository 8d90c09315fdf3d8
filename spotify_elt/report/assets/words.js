// What the page says in words beside the five answers: facts and sentences, from the marts' rows.

const isolated = (name) => `\u2068${name}\u2069`; // keeps its direction from that of the sentence
const whole = format({ maximumFractionDigits: 0 });
const few = (value) => (Number.isInteger(value) ? value : value.toFixed(2));

/** A length as people write it, `3:05`. */
function minutesAndSeconds(minutes) {
  const seconds = Math.round(minutes * 60);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// A column of the profile, what it is called, and how it is shown.
const FACTS = [
  ["release_profile", "Kind, by the age of its releases", String],
  ["share_of_last_18_months", "Released in the last 18 months", percent.format],
  ["median_release_year", "Median release year", String],
  ["share_added_last_28_days", "Added in the last 28 days", percent.format],
  ["days_since_last_add", "Days since the last add", whole.format],
  ["share_of_top_5_artists", "Credits of the top 5 artists by tracks", percent.format],
  ["effective_artists", "As varied as so many artists with equal shares", few],
  ["share_collaborations", "Tracks by several artists", percent.format],
  ["count_albums", "Albums", String],
  ["count_labels", "Labels", String],
  ["median_duration_minutes", "Median length", minutesAndSeconds],
  ["share_explicit", "Explicit tracks", percent.format],
  ["stddev_track_popularity", "Spread of popularity (standard deviation)", few],
  ["share_with_popularity", "Tracks with known popularity", percent.format],
  ["share_with_genres", "Tracks with a known genre", percent.format],
  ["count_id_duplicates", "Tracks that are there twice", String],
  ["count_isrc_duplicates", "Recordings under several ids", String],
  ["count_episodes", "Podcast episodes", String],
  ["count_local_files", "Local files", String],
  ["count_unavailable", "Tracks that Spotify removed", String],
  ["count_tracks_not_available", "Tracks that cannot be played", String],
];

/** What is known of a playlist: pairs of what it is called and the value. */
const profileFacts = (head) => FACTS.filter(([name]) => head[name] !== null)
  .map(([name, words, show]) => [words, show(head[name])]);

/** What came and left, at the last reading that found a change and since the first one. */
function cameAndLeft(head, stays) {
  const moments = (name) => known(stays, name).map((stay) => +new Date(stay[name]));
  const [came, left] = [moments("came_at"), moments("removed_before")];
  const [first, loaded] = [+new Date(head.first_reading_at), +new Date(head.loaded_at)];
  if (first === loaded) return "This was the first reading of the playlist: what changes from now on is told here.";
  const latest = d3.max([...came, ...left]);
  if (latest === undefined) return `No track came or left since the first reading on ${day.format(first)}.`;
  const then = (all) => all.filter((one) => one === latest).length;
  return `${latest === loaded ? "At the last reading" : "At the last that found a change"}, on ${day.format(latest)}, `
    + `${counted(then(came), "tracks")} came and ${then(left)} left; `
    + `since the first reading, on ${day.format(first)}, ${came.length} came and ${left.length} left.`;
}

/** How many tracks' popularity moved, and whose most. */
function popularityMoved([most, ...others]) {
  if (!most) return "";
  const count = `The popularity of ${counted(others.length + 1, "tracks")} moved`;
  if (most.change_in_all === 0) return `${count}, and moved back.`;
  return `${count}; that of “${isolated(most.track_name || "a track without a name")}” `
    + `${most.change_in_all > 0 ? "rose" : "fell"} most, from ${most.first_popularity} to ${most.last_popularity}.`;
}

/** What Spotify did not send and what that means, a sentence or two for each matter. */
function missing(head, fields) {
  const told = fields.filter((one) => one.consequence !== null).map((one) => {
    const all = one.count_entities === 1 ? `the only ${one.entity_type}` : `all ${one.count_entities} ${one.entity_type}s`;
    const some = `${one.count_entities - one.count_sent} of ${one.count_entities} ${one.entity_type}s`;
    return `The ${one.field} of ${one.count_sent ? some : all}. ${one.consequence}`;
  });
  if (head.count_tracks && head.avg_track_popularity === null) {
    told.unshift("This app is in Spotify's Development Mode, or was when this was loaded: Spotify sends it no popularity.");
  }
  const others = head.count_entries - head.count_track_entries;
  if (others) {
    told.push(`Rows that hold no track of Spotify's (${others}): podcast episodes, local files and tracks that were removed. They count in no answer.`);
  }
  return told;
}
