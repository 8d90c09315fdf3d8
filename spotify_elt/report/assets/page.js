// Puts the page together: the playlist that its address names, else the first one.

const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("main");
const called = ({ head }) => oneLine(head.playlist_name);
// As people sort: a database may sort by code point.
data.playlists.sort((one, other) => collator.compare(called(one), called(other)));

/** What the switch calls the playlists: by name; where several have it, by owner; else by id. */
function labels(playlists) {
  const ids = playlists.map(({ head }) => head.playlist_id);
  // Ids may begin alike, as those of Spotify's own do: as short as tells all of them apart.
  const length = d3.range(6, 22).find((some) => new Set(ids.map((id) => id.slice(0, some))).size === ids.length);
  const ways = [
    called,
    (one) => one.head.owner_name && `${isolated(called(one))} by ${isolated(oneLine(one.head.owner_name))}`,
    (one) => `${isolated(called(one))} (${one.head.playlist_id.slice(0, length)})`,
  ];
  const counts = ways.map((way) => d3.rollup(playlists, (alike) => alike.length, way));
  return playlists.map((one) => ways.map((way) => way(one))
    .find((label, index) => label && counts[index].get(label) === 1));
}

function header(playlist) {
  const { head } = playlist;
  const names = labels(data.playlists);
  const options = data.playlists.map((one, index) => element("option",
    { value: one.head.playlist_id, selected: one === playlist }, names[index]));
  const choice = data.playlists.length > 1 && element("label", { class: "choice" },
    element("span", null, "Playlist"),
    element("select", { id: "playlist", change: (event) => { location.hash = event.target.value; } }, ...options));
  return [
    choice || "",
    element("h1", null, named(head.playlist_name, "playlist", head.playlist_id)),
    element("p", { class: "about" },
      head.owner_name === null ? "" : element("span", null, "by ", element("bdi", null, head.owner_name)),
      data.sample ? element("strong", null, "This is the bundled sample: invented data, not Spotify's.") : ""),
  ];
}

/** The page in short: what each section asks, and its answer where it has one. */
function contentsList(sections) {
  return element("nav", { "aria-label": "In short" }, element("ul", null, ...sections.map((one) => {
    const [heading, told] = ["h2", ".answer"].map((part) => one.querySelector(part));
    return element("li", null,
      element("a", { href: `#${heading.id}`, click: (event) => { event.preventDefault(); heading.focus(); heading.scrollIntoView(); } },
        heading.textContent),
      told && element("p", null, told.textContent));
  })));
}

function footer() {
  const source = data.sample ? "Invented data in the shape of Spotify's. " : "All data about playlists, tracks, albums and artists is from ";
  return [element("p", null, source,
    data.sample ? "" : element("a", { href: SPOTIFY }, "Spotify"),
    data.sample ? "" : "; every name leads to its place there. ",
    "Popularity is Spotify's own figure, from 0 to 100. ",
    `Made by spotify-elt ${data.version}, `,
    element("time", { datetime: data.made_at }, `${moment.format(new Date(data.made_at))} UTC`), ".")];
}

function render() {
  const wanted = location.hash.slice(1);
  const playlist = data.playlists.find((one) => one.head.playlist_id === wanted) ?? data.playlists[0];
  document.getElementById("footer").replaceChildren(...footer());
  if (!playlist) {
    main.replaceChildren(element("p", null, "No playlist is loaded yet."));
    return;
  }
  document.title = `${called(playlist)} – playlist report`;
  document.getElementById("header").replaceChildren(...header(playlist));
  const sections = [
    ...answers(playlist),
    changed(playlist),
    profiled(playlist),
    notSent(playlist),
  ];
  main.replaceChildren(headline(playlist), contentsList(sections), ...sections);
  draw(main);
}

let drawnAt = null;
new ResizeObserver(([{ contentRect }]) => {
  if (drawnAt !== null && drawnAt !== contentRect.width) draw(main);
  drawnAt = contentRect.width;
}).observe(main);
// On paper the charts are as wide as half a page, or else their words would shrink with them.
for (const [event, paper] of [["beforeprint", true], ["afterprint", false]]) {
  addEventListener(event, () => {
    document.body.classList.toggle("paper", paper);
    draw(main);
  });
}
addEventListener("hashchange", () => {
  render();
  document.getElementById("playlist")?.focus();
});
render();
