// The charts of what has changed.

/** How many tracks came, and how many left, on each day: the latter below nought. */
function comings(stays) {
  const moves = [["came_at", 1], ["left_at", -1]].flatMap(([when, sign]) =>
    known(stays, when).map((stay) => ({ at: +d3.utcDay(new Date(stay[when])), sign })));
  return d3.flatRollup(moves, (group) => group.length, (move) => move.at, (move) => move.sign)
    .map(([at, sign, count]) => ({ at: new Date(at), count: sign * count }));
}

function comingsChart(stays) {
  const days = comings(stays);
  if (!days.length) return [];
  const [first, last] = d3.extent(days, (one) => one.at);
  const ticks = Math.min(6, 2 * d3.max(days, (one) => Math.abs(one.count)));
  const came = (one) => one.count > 0;
  return [chart("came-and-left", "Tracks that came and left",
    "Stems upwards: how many tracks came on a day; downwards: how many left.",
    (width) => plotted({
      width,
      height: 220,
      x: { type: "utc", label: null, domain: [d3.utcDay.offset(first, -1), d3.utcDay.offset(last, 1)] },
      y: { label: "tracks", tickFormat: "+d", ticks },
      color: { type: "identity" },
      marks: [
        Plot.gridY({ stroke: GRID, strokeOpacity: 1, ticks }),
        Plot.ruleX(days, {
          x: "at", y: "count", strokeWidth: 4, stroke: (one) => (came(one) ? ACCENT : WARM), tip: true,
          title: (one) => `${day.format(one.at)}: ${counted(Math.abs(one.count), "tracks")} ${came(one) ? "came" : "left"}`,
        }),
        Plot.ruleY([0], { stroke: MUTED }),
      ],
    }))];
}

/** Popularity over time, each line until the playlist was last read. */
function coursesChart(courses, until) {
  if (!courses.length) return [];
  const points = courses.map((course) => (
    { ...course, at: new Date(course.valid_from), name: oneLine(course.track_name) }));
  const lasts = d3.rollups(points, (line) => ({ ...line.at(-1), at: until }), (point) => point.track_id)
    .map(([, last]) => last);
  return [chart("popularity-moves", "Popularity of the tracks that moved most",
    "Lines: the popularity of the tracks that moved most, over time.",
    (width) => plotted({
      width,
      height: 300,
      x: { type: "utc", label: null },
      y: { label: "popularity" },
      marks: [
        ...grids(),
        Plot.line([...points, ...lasts], {
          x: "at", y: "popularity", z: "track_id", stroke: ACCENT, curve: "step-after", strokeOpacity: 0.8,
        }),
        Plot.dot(points, {
          x: "at", y: "popularity", r: 2.5, fill: ACCENT, tip: true,
          title: (point) => `${point.name}\n${point.popularity} from ${day.format(point.at)}`,
        }),
        Plot.text(lasts, {
          x: "at", y: "popularity", text: "name", textAnchor: "end", dy: -9, lineWidth: 18, textOverflow: "ellipsis",
        }),
      ],
    }))];
}

const changesCharts = (stays, courses, until) => [...comingsChart(stays), ...coursesChart(courses, until)];
